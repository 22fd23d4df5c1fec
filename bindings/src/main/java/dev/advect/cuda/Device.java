package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * An open device: the owner of everything that is made on it.
 *
 * <p>Opening makes the device current for the calling thread. Any other thread that uses the
 * device, or what was made on it, calls {@link #use()} first; a call from a thread that has not
 * fails with a {@link CudaException} that names the thread.
 *
 * <p>Closing gives back whatever is still open. With {@code -Dadvect.leaks=fail}, as tests run, it
 * then fails and says where each of those resources was made.
 */
public final class Device implements AutoCloseable {
  private static final String LEAKS = "advect.leaks";

  private final DeviceDescription description;
  private final CudaVersion driver;
  private final int handle;
  private final MemorySegment context;
  private final Leases leases = new Leases();
  private boolean open = true;

  private Device(DeviceDescription description, CudaVersion driver) {
    this.description = description;
    this.driver = driver;
    int ordinal = description.ordinal();
    handle = Driver.integer("cuDeviceGet", into -> DriverApi.cuDeviceGet(into, ordinal));
    context =
        MemorySegment.ofAddress(
            Driver.pointer(
                "cuDevicePrimaryCtxRetain",
                into -> DriverApi.cuDevicePrimaryCtxRetain(into, handle)));
  }

  /**
   * Opens a device and makes it current for the calling thread.
   *
   * @param ordinal its number among the devices that {@link Cuda#probe()} lists
   * @throws IllegalStateException if CUDA cannot be used here, with reason and remedy
   * @throws IllegalArgumentException if there is no such device
   * @throws CudaException if the driver refuses
   */
  public static Device open(int ordinal) {
    return switch (Cuda.probe()) {
      case Cuda.Missing(String reason, String remedy) ->
          throw new IllegalStateException(reason + " " + remedy);
      case Cuda.Ready(CudaVersion driver, List<DeviceDescription> devices) -> {
        if (ordinal < 0 || ordinal >= devices.size()) {
          throw new IllegalArgumentException(
              "There is no device %d; the driver shows %s.".formatted(ordinal, devices));
        }
        var device = new Device(devices.get(ordinal), driver);
        try {
          yield device.use();
        } catch (CudaException e) {
          device.close();
          throw e;
        }
      }
    };
  }

  /** Makes this device current for the calling thread. */
  public Device use() {
    if (!open) {
      throw new IllegalStateException(this + " is closed and cannot be used any more.");
    }
    check("cuCtxSetCurrent", DriverApi.cuCtxSetCurrent(context));
    return this;
  }

  public DeviceDescription description() {
    return description;
  }

  /** The newest CUDA version that the driver supports. */
  public CudaVersion driver() {
    return driver;
  }

  /**
   * How much memory is free, of how much.
   *
   * @param freeBytes bytes that nobody holds
   * @param totalBytes all bytes that can be had
   */
  public record MemoryState(long freeBytes, long totalBytes) {
    @Override
    public String toString() {
      return Bytes.describe(freeBytes, totalBytes);
    }
  }

  public MemoryState memory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ValueLayout.JAVA_LONG, 2);
      check("cuMemGetInfo", DriverApi.cuMemGetInfo_v2(state, state.asSlice(Long.BYTES)));
      return new MemoryState(
          state.getAtIndex(ValueLayout.JAVA_LONG, 0), state.getAtIndex(ValueLayout.JAVA_LONG, 1));
    }
  }

  /**
   * Allocates memory on the device; what it holds is undefined.
   *
   * @throws CudaException if there is not enough, with how much is free
   */
  public DeviceMemory allocate(long bytes) {
    return new DeviceMemory(this, bytes);
  }

  /** Allocates host memory that copies can run beside other work from and to. */
  public PinnedMemory allocatePinned(long bytes) {
    return new PinnedMemory(this, bytes);
  }

  /** Makes a queue of work that does not wait for other queues. */
  public Stream stream() {
    return new Stream(this);
  }

  /** Makes a mark for streams to wait for, which does not measure time. */
  public Event event() {
    return new Event(this, DriverApi.CU_EVENT_DISABLE_TIMING());
  }

  /** Makes a mark that notes the time when the device passes it. */
  public Event timedEvent() {
    return new Event(this, DriverApi.CU_EVENT_DEFAULT());
  }

  /**
   * Loads kernels from PTX text, which the driver compiles for this device.
   *
   * @throws CudaException if it does not compile, with the driver's log
   */
  public Module load(String ptx) {
    try (Arena arena = Arena.ofConfined()) {
      return new Module(this, "PTX of " + ptx.length() + " characters", arena.allocateFrom(ptx));
    }
  }

  /**
   * Loads kernels that are compiled already: a cubin, or a fatbin with one for this device.
   *
   * @throws CudaException if there is nothing in it for this device
   */
  public Module load(byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(image.length, 1), 16);
      MemorySegment.copy(image, 0, copy, ValueLayout.JAVA_BYTE, 0, image.length);
      return new Module(this, "an image of " + Bytes.describe(image.length), copy);
    }
  }

  /** Waits until all work of all streams is done. */
  public void synchronize() {
    check("cuCtxSynchronize", DriverApi.cuCtxSynchronize());
  }

  /** What was made on this device and is open: each with the place where it was made. */
  public List<String> openResources() {
    return leases.describe();
  }

  Leases leases() {
    return leases;
  }

  /**
   * Gives back everything that is open on this device, and the device.
   *
   * @throws IllegalStateException with {@code -Dadvect.leaks=fail}, if something was open
   */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    List<String> left = leases.describe();
    var failures = new ArrayList<RuntimeException>();
    if (!left.isEmpty()) {
      attempt(failures, this::use);
      failures.addAll(leases.closeAll());
    }
    open = false;
    attempt(failures, this::leaveThread);
    attempt(
        failures,
        () -> check("cuDevicePrimaryCtxRelease", DriverApi.cuDevicePrimaryCtxRelease_v2(handle)));
    if (!left.isEmpty() && "fail".equals(System.getProperty(LEAKS))) {
      var leak =
          new IllegalStateException(
              "%s was closed with %d open: %s."
                  .formatted(this, left.size(), String.join("; ", left)));
      failures.forEach(leak::addSuppressed);
      throw leak;
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  /** Goes on after a failure, because what comes after it gives something back too. */
  private static void attempt(List<RuntimeException> failures, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }

  /** Leaves the calling thread without a context, rather than with one that is about to go. */
  private void leaveThread() {
    long current = Driver.pointer("cuCtxGetCurrent", DriverApi::cuCtxGetCurrent);
    if (current == context.address()) {
      check("cuCtxSetCurrent", DriverApi.cuCtxSetCurrent(MemorySegment.NULL));
    }
  }

  void check(String call, int code) {
    if (code != 0) {
      throw failure(call, "", code);
    }
  }

  CudaException failure(String call, String of, int code) {
    return Driver.failure(call, of, code, toString(), roomLeft(code));
  }

  /** How much memory is free, where that is why a call failed. */
  private String roomLeft(int code) {
    if (code != DriverApi.CUDA_ERROR_OUT_OF_MEMORY()) {
      return "";
    }
    try {
      return "Device %d has %s free.".formatted(description.ordinal(), memory());
    } catch (CudaException e) {
      return "";
    }
  }

  /** The device by number and name. */
  @Override
  public String toString() {
    return "device %d (%s)".formatted(description.ordinal(), description.name());
  }
}
