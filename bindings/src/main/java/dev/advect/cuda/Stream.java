package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.MemorySegment;

/**
 * A queue of work for a device, done in its order. Different streams run side by side; what one
 * must see of another is said with events.
 *
 * <p>Copies, fills, launches and waits make no object on the Java heap. They return at once; a
 * failure of the work itself is thrown by a later call, at the latest by {@link #synchronize()}.
 */
public final class Stream implements AutoCloseable {
  private final Device device;
  private final long handle;
  private final Lease lease;

  Stream(Device device) {
    this.device = device;
    handle =
        Driver.pointer(
            "cuStreamCreate",
            into -> DriverApi.cuStreamCreate(into, DriverApi.CU_STREAM_NON_BLOCKING()));
    lease = device.leases().add("a stream", this::release);
  }

  private void release() {
    device.check("cuStreamDestroy", DriverApi.cuStreamDestroy_v2(segment()));
  }

  private MemorySegment segment() {
    return MemorySegment.ofAddress(handle);
  }

  long handle() {
    lease.check();
    return handle;
  }

  public Device device() {
    return device;
  }

  /** Copies from the host. Until the copy has run its bytes must not be changed. */
  public void copy(DeviceMemory to, long toOffset, PinnedMemory from, long fromOffset, long bytes) {
    done(
        "cuMemcpyHtoDAsync",
        DriverCalls.copyToDevice(
            to.address(toOffset, bytes), from.address(fromOffset, bytes), bytes, handle()));
  }

  /** Copies to the host. The bytes are there once the stream was waited for. */
  public void copy(PinnedMemory to, long toOffset, DeviceMemory from, long fromOffset, long bytes) {
    done(
        "cuMemcpyDtoHAsync",
        DriverCalls.copyToHost(
            to.address(toOffset, bytes), from.address(fromOffset, bytes), bytes, handle()));
  }

  /** Copies on the device. The two ranges must not overlap. */
  public void copy(DeviceMemory to, long toOffset, DeviceMemory from, long fromOffset, long bytes) {
    done(
        "cuMemcpyDtoDAsync",
        DriverCalls.copyWithinDevice(
            to.address(toOffset, bytes), from.address(fromOffset, bytes), bytes, handle()));
  }

  /**
   * Fills a range with a 32-bit word.
   *
   * @param offset where the range begins, in bytes, a multiple of 4
   * @param words how many words are written
   * @param word the word, such as {@link Float#floatToRawIntBits(float)} of a number
   */
  public void fill(DeviceMemory memory, long offset, long words, int word) {
    long address = memory.address(offset, Math.multiplyExact(words, Integer.BYTES));
    if (words > 0) {
      done("cuMemsetD32Async", DriverCalls.fill(address, word, words, handle()));
    }
  }

  /**
   * Launches a kernel.
   *
   * @param gridX blocks side by side
   * @param gridY rows of blocks
   * @param blockX threads of a block side by side
   * @param blockY rows of threads of a block
   * @param sharedBytes dynamic shared memory of a block
   * @param arguments the kernel's, all set; the driver copies them, so they can be set anew at once
   * @throws IllegalStateException if an argument was never set
   */
  public void launch(
      Kernel kernel,
      int gridX,
      int gridY,
      int blockX,
      int blockY,
      int sharedBytes,
      KernelArguments arguments) {
    int code =
        DriverCalls.launchKernel(
            kernel.handle(),
            gridX,
            gridY,
            blockX,
            blockY,
            sharedBytes,
            handle(),
            arguments.pointersFor(kernel));
    if (code != 0) {
      throw device.failure(
          "cuLaunchKernel",
          "of %s with %d x %d blocks of %d x %d threads and %d bytes of shared memory"
              .formatted(kernel.name(), gridX, gridY, blockX, blockY, sharedBytes),
          code);
    }
  }

  /** Marks what is queued so far. */
  public void record(Event event) {
    done("cuEventRecord", DriverCalls.recordEvent(event.handle(), handle()));
  }

  /** Lets what is queued from now on begin only when an event was passed. */
  public void await(Event event) {
    done("cuStreamWaitEvent", DriverCalls.waitEvent(handle(), event.handle()));
  }

  /** Waits until everything that is queued is done. */
  public void synchronize() {
    done("cuStreamSynchronize", DriverCalls.synchronize(handle()));
  }

  /** Whether everything that was queued is done. */
  public boolean isIdle() {
    int code = DriverCalls.query(handle());
    if (code == DriverApi.CUDA_ERROR_NOT_READY()) {
      return false;
    }
    done("cuStreamQuery", code);
    return true;
  }

  /**
   * Captures the work that an action puts on this stream, without running it. Other streams take
   * part from where they await an event of this one until this one awaits an event of theirs.
   *
   * @return the work, to be launched as one
   */
  public CudaGraph capture(Runnable action) {
    beginCapture();
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      abandonCapture(e);
      throw e;
    }
    return endCapture();
  }

  /**
   * Begins to capture what is put on this stream. Until {@link #endCapture()} this thread must not
   * allocate, load or wait.
   */
  public void beginCapture() {
    handle();
    device.check(
        "cuStreamBeginCapture",
        DriverApi.cuStreamBeginCapture_v2(
            segment(), DriverApi.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL()));
  }

  /**
   * Ends a capture.
   *
   * @return the work, to be launched as one
   * @throws CudaException if a call was made meanwhile that cannot be captured
   */
  public CudaGraph endCapture() {
    return new CudaGraph(device, endCaptureToGraph());
  }

  private long endCaptureToGraph() {
    handle();
    return Driver.pointer(
        "cuStreamEndCapture", into -> DriverApi.cuStreamEndCapture(segment(), into));
  }

  private void abandonCapture(Throwable why) {
    try {
      CudaGraph.discard(device, endCaptureToGraph());
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  private void done(String call, int code) {
    if (code != 0) {
      throw device.failure(call, "", code);
    }
  }

  /** Destroys the stream. Work that is queued is still done. */
  @Override
  public void close() {
    lease.close();
  }
}
