package dev.advect.cuda;

import dev.advect.cuda.ffi.cublas.CublasApi;
import java.lang.invoke.MethodHandle;

/** The products of cuBLAS, without an object made. Each returns its status. */
final class CublasCalls {
  private static final int FLOAT = CublasApi.CUDA_R_32F();
  private static final int COMPUTE = CublasApi.CUBLAS_COMPUTE_32F_FAST_16BF();
  private static final int ALGORITHM = CublasApi.CUBLAS_GEMM_DEFAULT();

  private static final MethodHandle SGEMM =
      Downcalls.withNumbers(
          CublasApi.cublasSgemm_v2$address(), CublasApi.cublasSgemm_v2$descriptor());
  private static final MethodHandle SGEMM_BATCHED =
      Downcalls.withNumbers(
          CublasApi.cublasSgemmStridedBatched$address(),
          CublasApi.cublasSgemmStridedBatched$descriptor());
  private static final MethodHandle GEMM_EX =
      Downcalls.withNumbers(CublasApi.cublasGemmEx$address(), CublasApi.cublasGemmEx$descriptor());
  private static final MethodHandle GEMM_EX_BATCHED =
      Downcalls.withNumbers(
          CublasApi.cublasGemmStridedBatchedEx$address(),
          CublasApi.cublasGemmStridedBatchedEx$descriptor());

  private CublasCalls() {}

  static int sgemm(
      long handle,
      int transA,
      int transB,
      int m,
      int n,
      int k,
      long alpha,
      long a,
      int lda,
      long b,
      int ldb,
      long beta,
      long c,
      int ldc) {
    try {
      return (int)
          SGEMM.invokeExact(handle, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int sgemmBatched(
      long handle,
      int transA,
      int transB,
      int m,
      int n,
      int k,
      long alpha,
      long a,
      int lda,
      long strideA,
      long b,
      int ldb,
      long strideB,
      long beta,
      long c,
      int ldc,
      long strideC,
      int count) {
    try {
      return (int)
          SGEMM_BATCHED.invokeExact(
              handle, transA, transB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, c,
              ldc, strideC, count);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  /** Single precision outside; factors rounded to bfloat16 inside. */
  static int gemmOfBfloat16(
      long handle,
      int transA,
      int transB,
      int m,
      int n,
      int k,
      long alpha,
      long a,
      int lda,
      long b,
      int ldb,
      long beta,
      long c,
      int ldc) {
    try {
      return (int)
          GEMM_EX.invokeExact(
              handle, transA, transB, m, n, k, alpha, a, FLOAT, lda, b, FLOAT, ldb, beta, c, FLOAT,
              ldc, COMPUTE, ALGORITHM);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int gemmOfBfloat16Batched(
      long handle,
      int transA,
      int transB,
      int m,
      int n,
      int k,
      long alpha,
      long a,
      int lda,
      long strideA,
      long b,
      int ldb,
      long strideB,
      long beta,
      long c,
      int ldc,
      long strideC,
      int count) {
    try {
      return (int)
          GEMM_EX_BATCHED.invokeExact(
              handle, transA, transB, m, n, k, alpha, a, FLOAT, lda, strideA, b, FLOAT, ldb,
              strideB, beta, c, FLOAT, ldc, strideC, count, COMPUTE, ALGORITHM);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }
}
