package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A kernel of a loaded module, with the parameters that the driver says it has. */
public final class Kernel {
  private final Module module;
  private final String name;
  private final long handle;
  private final List<Parameter> parameters;

  /**
   * One parameter of a kernel.
   *
   * @param offset where it lies among all of them, in bytes
   * @param bytes how large it is
   */
  public record Parameter(long offset, long bytes) {}

  Kernel(Module module, String name, long handle) {
    this.module = module;
    this.name = name;
    this.handle = handle;
    parameters = readParameters();
  }

  private List<Parameter> readParameters() {
    var found = new ArrayList<Parameter>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      while (true) {
        int code = DriverApi.cuFuncGetParamInfo(segment(), found.size(), offset, bytes);
        if (code == DriverApi.CUDA_ERROR_INVALID_VALUE()) {
          return List.copyOf(found); // there is no parameter of this index
        }
        device().check("cuFuncGetParamInfo", code);
        found.add(
            new Parameter(
                offset.get(ValueLayout.JAVA_LONG, 0), bytes.get(ValueLayout.JAVA_LONG, 0)));
      }
    }
  }

  private MemorySegment segment() {
    return MemorySegment.ofAddress(handle);
  }

  private Device device() {
    return module.device();
  }

  Module module() {
    return module;
  }

  long handle() {
    module.check();
    return handle;
  }

  public String name() {
    return name;
  }

  /** The parameters in their order. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Registers that a thread needs. */
  public int registers() {
    return attribute(DriverApi.CU_FUNC_ATTRIBUTE_NUM_REGS());
  }

  /** Shared memory that a block needs besides what a launch asks for, in bytes. */
  public int staticSharedBytes() {
    return attribute(DriverApi.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES());
  }

  /** Memory outside of registers that a thread needs, in bytes: spills and arrays. */
  public int localBytes() {
    return attribute(DriverApi.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES());
  }

  /** Threads that a block can have at most. */
  public int maxThreads() {
    return attribute(DriverApi.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK());
  }

  /**
   * Allows launches with more dynamic shared memory than the 48 KiB that are always allowed.
   *
   * @throws CudaException if the device does not have so much
   */
  public void allowSharedBytes(int bytes) {
    handle();
    int code =
        DriverApi.cuFuncSetAttribute(
            segment(), DriverApi.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), bytes);
    if (code != 0) {
      throw device()
          .failure(
              "cuFuncSetAttribute",
              "of " + Bytes.describe(bytes) + " of shared memory for " + name,
              code);
    }
  }

  /** How many blocks of some threads and dynamic shared memory a multiprocessor runs at once. */
  public int blocksPerMultiprocessor(int threads, int sharedBytes) {
    handle();
    return Driver.integer(
        "cuOccupancyMaxActiveBlocksPerMultiprocessor",
        into ->
            DriverApi.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                into, segment(), threads, sharedBytes));
  }

  private int attribute(int attribute) {
    handle();
    return Driver.integer(
        "cuFuncGetAttribute", into -> DriverApi.cuFuncGetAttribute(into, attribute, segment()));
  }
}
