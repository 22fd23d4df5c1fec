package dev.advect.backend.cuda;

import java.util.List;

/** One piece of work for the device, with all its addresses and numbers. */
sealed interface Work {
  /** Puts it on the backend's stream. */
  void enqueue(CudaBackend on);

  /**
   * A kernel over a grid of blocks of 256 threads.
   *
   * @param arguments addresses (Long), whole numbers (Integer), {@link Operand}s
   */
  record Launch(String kernel, int blocks, List<Object> arguments) implements Work {
    /** Copies the list. */
    public Launch {
      arguments = List.copyOf(arguments);
    }

    /** A launch with a thread for each piece, or fewer. */
    static Launch over(long pieces, String kernel, Object... arguments) {
      long blocks = (pieces + THREADS - 1) / THREADS;
      return new Launch(kernel, (int) Math.clamp(blocks, 1, MOST_BLOCKS), List.of(arguments));
    }

    @Override
    public void enqueue(CudaBackend on) {
      on.launch(this);
    }
  }

  /**
   * Products of matrices that lie column by column: C = op(A) op(B) + beta C.
   *
   * @param count how many, each {@code strideA}, {@code strideB} and {@code strideC} floats on
   */
  record Product(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
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
      int count)
      implements Work {
    @Override
    public void enqueue(CudaBackend on) {
      if (count == 1) {
        on.cublas().sgemm(transposeA, transposeB, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
      } else {
        on.cublas()
            .sgemmBatched(
                transposeA,
                transposeB,
                m,
                n,
                k,
                1,
                a,
                lda,
                strideA,
                b,
                ldb,
                strideB,
                beta,
                c,
                ldc,
                strideC,
                count);
      }
    }
  }

  /** Threads of a block. */
  int THREADS = 256;

  /** Kernels go on with what more blocks would do. */
  int MOST_BLOCKS = 1 << 16;
}
