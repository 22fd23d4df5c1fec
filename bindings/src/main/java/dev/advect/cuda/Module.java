package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Kernels that were loaded onto a device together. */
public final class Module implements AutoCloseable {
  private static final int LOG_BYTES = 16 << 10;

  private final Device device;
  private final MemorySegment handle;
  private final Arena arena = Arena.ofShared();
  private final Lease lease;

  /**
   * Loads an image.
   *
   * @param what the image, for messages
   * @param image PTX text that ends with a zero byte, a cubin or a fatbin
   */
  Module(Device device, String what, MemorySegment image) {
    this.device = device;
    handle = MemorySegment.ofAddress(load(device, what, image));
    lease = device.leases().add("a module, " + what, this::release);
  }

  private static long load(Device device, String what, MemorySegment image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment options =
          arena.allocateFrom(
              ValueLayout.JAVA_INT,
              DriverApi.CU_JIT_ERROR_LOG_BUFFER(),
              DriverApi.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES());
      MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_LONG, log.address(), LOG_BYTES);
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      int code = DriverApi.cuModuleLoadDataEx(result, image, 2, options, values);
      if (code != 0) {
        String said = log.getString(0).strip();
        CudaException e = device.failure("cuModuleLoadDataEx", "of " + what, code);
        throw said.isEmpty() ? e : withLog(e, said);
      }
      return result.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private static CudaException withLog(CudaException e, String log) {
    return new CudaException(
        e.call(),
        e.code(),
        e.name(),
        e.device(),
        e.problem() + " The driver's compiler says:\n" + log + "\n",
        e.remedy());
  }

  private void release() {
    arena.close();
    device.check("cuModuleUnload", DriverApi.cuModuleUnload(handle));
  }

  Device device() {
    return device;
  }

  /** Where the arguments of this module's kernels lie. */
  Arena arena() {
    return arena;
  }

  void check() {
    lease.check();
  }

  /**
   * Finds a kernel.
   *
   * @throws CudaException if the module has none of that name
   */
  public Kernel kernel(String name) {
    lease.check();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment result = scratch.allocate(ValueLayout.JAVA_LONG);
      MemorySegment text = scratch.allocateFrom(name);
      int code = DriverApi.cuModuleGetFunction(result, handle, text);
      if (code != 0) {
        throw device.failure("cuModuleGetFunction", "of '" + name + "'", code);
      }
      return new Kernel(this, name, result.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  /** Unloads the kernels; none of them can be launched any more. */
  @Override
  public void close() {
    lease.close();
  }
}
