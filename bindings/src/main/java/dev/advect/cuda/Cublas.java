package dev.advect.cuda;

import dev.advect.cuda.ffi.cublas.CublasApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Matrix products by cuBLAS, on a stream of a device.
 *
 * <p>Matrices lie column by column, and pointers are device addresses. Sums are never made with
 * atomic additions, so equal calls on one device give equal bits, as long as a handle works on one
 * stream. A product makes no object on the Java heap. Used by one thread at a time.
 */
public final class Cublas implements AutoCloseable {

  /** How exactly a product is made. */
  public enum Precision {
    /** In single precision throughout. */
    PEDANTIC,
    /** Factors rounded to 10 bits after the point (TF32), where the device has that. */
    TF32,
    /** Factors rounded to 7 bits after the point (bfloat16), where the device has that. */
    BF16
  }

  private final Device device;
  private final MemorySegment handle;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scalars = arena.allocate(ValueLayout.JAVA_FLOAT, 2);
  private final long alphaAddress = scalars.address();
  private final long betaAddress = scalars.address() + Float.BYTES;
  private final long handleAddress;
  private final Lease lease;
  private Stream stream;
  private DeviceMemory workspace;
  private Precision precision;

  private Cublas(Device device, MemorySegment handle) {
    this.device = device;
    this.handle = handle;
    handleAddress = handle.address();
    lease = device.leases().add("a cuBLAS handle", this::release);
  }

  /** Whether cuBLAS is there. Never throws. */
  public static CudaLibrary library() {
    return NativeLibrary.CUBLAS.find();
  }

  /**
   * Makes a handle on a device that is current for the calling thread, in pedantic precision.
   *
   * @param stream where products run
   * @throws CudaException if cuBLAS cannot be initialised
   */
  public static Cublas create(Stream stream) {
    Device device = stream.device();
    var cublas = new Cublas(device, newHandle(device.toString()));
    try {
      cublas.check(
          "cublasSetPointerMode",
          CublasApi.cublasSetPointerMode_v2(cublas.handle, CublasApi.CUBLAS_POINTER_MODE_HOST()));
      cublas.check(
          "cublasSetAtomicsMode",
          CublasApi.cublasSetAtomicsMode(cublas.handle, CublasApi.CUBLAS_ATOMICS_NOT_ALLOWED()));
      cublas.precision(Precision.PEDANTIC);
      cublas.stream(stream);
      return cublas;
    } catch (CudaException e) {
      cublas.close();
      throw e;
    }
  }

  static MemorySegment newHandle(String device) {
    NativeLibrary.CUBLAS.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      int code = CublasApi.cublasCreate_v2(result);
      if (code != 0) {
        throw failure("cublasCreate", "", code, device);
      }
      return MemorySegment.ofAddress(result.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  private void release() {
    arena.close();
    check("cublasDestroy", CublasApi.cublasDestroy_v2(handle));
  }

  /** The version of the library, such as 130101 for 13.1.1. */
  public int version() {
    lease.check();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment result = scratch.allocate(ValueLayout.JAVA_INT);
      check("cublasGetVersion", CublasApi.cublasGetVersion_v2(handle, result));
      return result.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** Where products run from now on. The workspace stays. */
  public void stream(Stream on) {
    lease.check();
    MemorySegment segment = MemorySegment.ofAddress(on.handle());
    check("cublasSetStream", CublasApi.cublasSetStream_v2(handle, segment));
    stream = on;
    if (workspace != null) {
      workspace(workspace); // a new stream makes the library forget it
    }
  }

  /**
   * Gives products memory to work in, which must stay open. Without it the library allocates, which
   * a capture does not allow.
   */
  public void workspace(DeviceMemory memory) {
    lease.check();
    MemorySegment segment = MemorySegment.ofAddress(memory.address());
    check("cublasSetWorkspace", CublasApi.cublasSetWorkspace_v2(handle, segment, memory.bytes()));
    workspace = memory;
  }

  /** How exactly products are made from now on. */
  public void precision(Precision wanted) {
    lease.check();
    int mode =
        switch (wanted) {
          case PEDANTIC -> CublasApi.CUBLAS_PEDANTIC_MATH();
          case TF32 -> CublasApi.CUBLAS_TF32_TENSOR_OP_MATH();
          case BF16 -> CublasApi.CUBLAS_DEFAULT_MATH(); // each product says it by itself
        };
    check("cublasSetMathMode", CublasApi.cublasSetMathMode(handle, mode));
    precision = wanted;
  }

  public Precision precision() {
    return precision;
  }

  /**
   * C = alpha op(A) op(B) + beta C, where op transposes or does not.
   *
   * @param transposeA whether A is transposed
   * @param transposeB whether B is transposed
   * @param m rows of C
   * @param n columns of C
   * @param k terms of each sum
   * @param a address of A
   * @param lda numbers from one column of A to the next
   * @param b address of B
   * @param ldb numbers from one column of B to the next
   * @param beta if 0, C is written without being read
   * @param c address of C
   * @param ldc numbers from one column of C to the next
   */
  public void sgemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc) {
    scalars(alpha, beta);
    int transA = operation(transposeA);
    int transB = operation(transposeB);
    int code =
        precision == Precision.BF16
            ? CublasCalls.gemmOfBfloat16(
                handleAddress,
                transA,
                transB,
                m,
                n,
                k,
                alphaAddress,
                a,
                lda,
                b,
                ldb,
                betaAddress,
                c,
                ldc)
            : CublasCalls.sgemm(
                handleAddress,
                transA,
                transB,
                m,
                n,
                k,
                alphaAddress,
                a,
                lda,
                b,
                ldb,
                betaAddress,
                c,
                ldc);
    if (code != 0) {
      throw productFailure(
          precision == Precision.BF16 ? "cublasGemmEx" : "cublasSgemm", m, n, k, 1, code);
    }
  }

  /**
   * As many products as {@code count} says, each with matrices some numbers further on.
   *
   * @param strideA numbers from one A to the next; 0 if all share it
   * @param strideB numbers from one B to the next; 0 if all share it
   * @param strideC numbers from one C to the next
   * @see #sgemm the other parameters
   */
  public void sgemmBatched(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      int lda,
      long strideA,
      long b,
      int ldb,
      long strideB,
      float beta,
      long c,
      int ldc,
      long strideC,
      int count) {
    scalars(alpha, beta);
    int transA = operation(transposeA);
    int transB = operation(transposeB);
    int code =
        precision == Precision.BF16
            ? CublasCalls.gemmOfBfloat16Batched(
                handleAddress,
                transA,
                transB,
                m,
                n,
                k,
                alphaAddress,
                a,
                lda,
                strideA,
                b,
                ldb,
                strideB,
                betaAddress,
                c,
                ldc,
                strideC,
                count)
            : CublasCalls.sgemmBatched(
                handleAddress,
                transA,
                transB,
                m,
                n,
                k,
                alphaAddress,
                a,
                lda,
                strideA,
                b,
                ldb,
                strideB,
                betaAddress,
                c,
                ldc,
                strideC,
                count);
    if (code != 0) {
      String call =
          precision == Precision.BF16 ? "cublasGemmStridedBatchedEx" : "cublasSgemmStridedBatched";
      throw productFailure(call, m, n, k, count, code);
    }
  }

  /** The library reads both during the call, so one place each is enough. */
  private void scalars(float alpha, float beta) {
    lease.check();
    stream.handle();
    scalars.set(ValueLayout.JAVA_FLOAT, 0, alpha);
    scalars.set(ValueLayout.JAVA_FLOAT, Float.BYTES, beta);
  }

  private static int operation(boolean transpose) {
    return transpose ? CublasApi.CUBLAS_OP_T() : CublasApi.CUBLAS_OP_N();
  }

  private CudaException productFailure(String call, int m, int n, int k, int count, int code) {
    String of = "of %d products with m = %d, n = %d and k = %d".formatted(count, m, n, k);
    return failure(call, of, code, device.toString());
  }

  private void check(String call, int code) {
    if (code != 0) {
      throw failure(call, "", code, device.toString());
    }
  }

  private static CudaException failure(String call, String of, int code, String device) {
    String problem =
        Failures.sentence(
            call,
            of,
            device,
            Texts.of(CublasApi.cublasGetStatusString(code)),
            Texts.of(CublasApi.cublasGetStatusName(code)),
            code);
    return new CudaException(
        call, code, Texts.of(CublasApi.cublasGetStatusName(code)), device, problem, remedy(code));
  }

  private static String remedy(int code) {
    if (code == CublasApi.CUBLAS_STATUS_NOT_INITIALIZED()) {
      return "See that nvidia-smi lists a device with memory left, and that the driver supports"
          + " CUDA "
          + Cuda.OLDEST_DRIVER
          + " or newer.";
    }
    if (code == CublasApi.CUBLAS_STATUS_ALLOC_FAILED()) {
      return "Use a smaller batch, or free memory of the device: nvidia-smi lists who uses it.";
    }
    if (code == CublasApi.CUBLAS_STATUS_ARCH_MISMATCH()
        || code == CublasApi.CUBLAS_STATUS_NOT_SUPPORTED()) {
      return "Use pedantic precision, or a device of compute capability 8.0 or newer.";
    }
    return Failures.REPORT;
  }

  /** Destroys the handle. Products that are under way are waited for. */
  @Override
  public void close() {
    lease.close();
  }
}
