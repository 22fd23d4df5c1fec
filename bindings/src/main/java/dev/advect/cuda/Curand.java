package dev.advect.cuda;

import dev.advect.cuda.ffi.curand.CurandApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * Random numbers in bulk by cuRAND: the sequence Philox4x32-10 of a seed, on a device or on the
 * host.
 *
 * <p>Both make the same sequence, and where it goes on is set with {@link #offset(long)}. What is
 * put on a stream during a capture would repeat the same numbers at every launch, so it is for work
 * outside of graphs.
 */
public final class Curand implements AutoCloseable {
  private final String where;
  private final MemorySegment handle;
  private final Stream stream; // null if it makes numbers on the host
  private final Lease lease;

  private Curand(MemorySegment handle, Stream stream) {
    this.handle = handle;
    this.stream = stream;
    this.where = stream == null ? "" : stream.device().toString();
    Leases leases = stream == null ? new Leases() : stream.device().leases();
    lease = leases.add("a cuRAND generator", this::release);
  }

  /** Whether cuRAND is there. Never throws. */
  public static CudaLibrary library() {
    return NativeLibrary.CURAND.find();
  }

  /** The version of the library, such as 10400 for 10.4.0. */
  public static int version() {
    NativeLibrary.CURAND.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
      check("curandGetVersion", CurandApi.curandGetVersion(result), "");
      return result.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** Makes a generator that works on the host and needs no device. */
  public static Curand onHost(long seed) {
    return seeded(null, seed);
  }

  /** Makes a generator that works on a stream. */
  public static Curand onDevice(Stream stream, long seed) {
    return seeded(stream, seed);
  }

  private static Curand seeded(Stream stream, long seed) {
    NativeLibrary.CURAND.require();
    var generator = new Curand(newHandle(stream), stream);
    try {
      if (stream != null) {
        MemorySegment segment = MemorySegment.ofAddress(stream.handle());
        generator.check("curandSetStream", CurandApi.curandSetStream(generator.handle, segment));
      }
      generator.check(
          "curandSetPseudoRandomGeneratorSeed",
          CurandApi.curandSetPseudoRandomGeneratorSeed(generator.handle, seed));
      generator.offset(0);
      return generator;
    } catch (CudaException e) {
      generator.close();
      throw e;
    }
  }

  private static MemorySegment newHandle(Stream stream) {
    int kind = CurandApi.CURAND_RNG_PSEUDO_PHILOX4_32_10();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      if (stream == null) {
        check("curandCreateGeneratorHost", CurandApi.curandCreateGeneratorHost(result, kind), "");
      } else {
        check(
            "curandCreateGenerator",
            CurandApi.curandCreateGenerator(result, kind),
            stream.device().toString());
      }
      return MemorySegment.ofAddress(result.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  private void release() {
    check("curandDestroyGenerator", CurandApi.curandDestroyGenerator(handle));
  }

  /** Says at which number of the sequence the next draw begins. */
  public void offset(long numbers) {
    lease.check();
    check("curandSetGeneratorOffset", CurandApi.curandSetGeneratorOffset(handle, numbers));
  }

  /** Fills a range with numbers above 0 up to 1. */
  public void uniforms(DeviceMemory memory, long offset, long count) {
    check(
        "curandGenerateUniform",
        CurandApi.curandGenerateUniform(handle, on(memory, offset, count), count));
  }

  /** Fills a range with normal numbers of mean 0 and deviation 1; their count must be even. */
  public void normals(DeviceMemory memory, long offset, long count) {
    check(
        "curandGenerateNormal",
        CurandApi.curandGenerateNormal(handle, on(memory, offset, count), count, 0, 1));
  }

  /** Fills host memory, whole, with numbers above 0 up to 1. */
  public void uniforms(MemorySegment memory) {
    check(
        "curandGenerateUniform",
        CurandApi.curandGenerateUniform(handle, onHost(memory), memory.byteSize() / Float.BYTES));
  }

  /** Fills host memory, whole, with normal numbers of mean 0 and deviation 1, an even count. */
  public void normals(MemorySegment memory) {
    check(
        "curandGenerateNormal",
        CurandApi.curandGenerateNormal(
            handle, onHost(memory), memory.byteSize() / Float.BYTES, 0, 1));
  }

  private MemorySegment on(DeviceMemory memory, long offset, long count) {
    lease.check();
    if (stream == null) {
      throw new IllegalArgumentException("A generator on the host cannot fill device memory.");
    }
    stream.handle();
    return MemorySegment.ofAddress(memory.address(offset, Math.multiplyExact(count, Float.BYTES)));
  }

  private MemorySegment onHost(MemorySegment memory) {
    lease.check();
    if (stream != null || !memory.isNative()) {
      throw new IllegalArgumentException(
          "Only a generator on the host fills host memory, and only outside of the Java heap.");
    }
    return memory;
  }

  private void check(String call, int code) {
    check(call, code, where);
  }

  private static void check(String call, int code, String device) {
    if (code == 0) {
      return;
    }
    String name = Status.name(code);
    String problem = Failures.sentence(call, "", device, "", name, code);
    throw new CudaException(call, code, name, device, problem, remedy(code));
  }

  /**
   * In a class of its own, because generated constants can be had only once the library is found.
   */
  private static final class Status {
    private static final Map<Integer, String> NAMES =
        Map.ofEntries(
            Map.entry(CurandApi.CURAND_STATUS_VERSION_MISMATCH(), "VERSION_MISMATCH"),
            Map.entry(CurandApi.CURAND_STATUS_NOT_INITIALIZED(), "NOT_INITIALIZED"),
            Map.entry(CurandApi.CURAND_STATUS_ALLOCATION_FAILED(), "ALLOCATION_FAILED"),
            Map.entry(CurandApi.CURAND_STATUS_TYPE_ERROR(), "TYPE_ERROR"),
            Map.entry(CurandApi.CURAND_STATUS_OUT_OF_RANGE(), "OUT_OF_RANGE"),
            Map.entry(CurandApi.CURAND_STATUS_LENGTH_NOT_MULTIPLE(), "LENGTH_NOT_MULTIPLE"),
            Map.entry(
                CurandApi.CURAND_STATUS_DOUBLE_PRECISION_REQUIRED(), "DOUBLE_PRECISION_REQUIRED"),
            Map.entry(CurandApi.CURAND_STATUS_LAUNCH_FAILURE(), "LAUNCH_FAILURE"),
            Map.entry(CurandApi.CURAND_STATUS_PREEXISTING_FAILURE(), "PREEXISTING_FAILURE"),
            Map.entry(CurandApi.CURAND_STATUS_INITIALIZATION_FAILED(), "INITIALIZATION_FAILED"),
            Map.entry(CurandApi.CURAND_STATUS_ARCH_MISMATCH(), "ARCH_MISMATCH"),
            Map.entry(CurandApi.CURAND_STATUS_INTERNAL_ERROR(), "INTERNAL_ERROR"));

    static String name(int code) {
      return "CURAND_STATUS_" + NAMES.getOrDefault(code, "UNKNOWN");
    }
  }

  private static String remedy(int code) {
    if (code == CurandApi.CURAND_STATUS_LENGTH_NOT_MULTIPLE()) {
      return "Draw an even count of normal numbers.";
    }
    if (code == CurandApi.CURAND_STATUS_ALLOCATION_FAILED()) {
      return "Use a smaller batch, or free memory of the device: nvidia-smi lists who uses it.";
    }
    if (code == CurandApi.CURAND_STATUS_INITIALIZATION_FAILED()) {
      return "See that nvidia-smi lists a device, and that the driver supports CUDA "
          + Cuda.OLDEST_DRIVER
          + " or newer.";
    }
    return Failures.REPORT;
  }

  @Override
  public void close() {
    lease.close();
  }
}
