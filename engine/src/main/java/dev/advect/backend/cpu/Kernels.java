package dev.advect.backend.cpu;

/**
 * The inner loops, written once on vectors and once on plain floats.
 *
 * <p>Every element of a product is one chain of additions in index order, whatever the blocking, so
 * results do not depend on tiles or threads.
 */
interface Kernels {
  /** Rows of packed weights that are multiplied at a time. */
  int BLOCK = 4;

  /** How many samples lie side by side: P. */
  int panel();

  /** One line: what the kernels use and why. */
  String description();

  /**
   * y[n][P] (+)= sum over k of w[n][k] x[k][P] for one block of at most {@link #BLOCK} rows.
   *
   * @param w packed weights [k][BLOCK] from {@code w0}
   * @param rows rows of y that are wanted
   * @param fresh whether to begin with zeros instead of what y holds
   */
  void product(
      float[] w, int w0, int rows, float[] x, int x0, int k, float[] y, int y0, boolean fresh);

  /**
   * c[m][P] (+)= sum over panels q and samples r of a[q][m][r] b[q * P + r][P].
   *
   * @param aStride floats from one panel of a to the next
   * @param valid samples that exist in the last panel
   * @param fresh whether to begin with zeros instead of what c holds
   */
  void outer(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      int m,
      boolean fresh);

  /** c[P] = sum over i of a[a0 + ai[i]][P] b[b0 + bi[i]][P], offsets in floats. */
  void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0);

  /** Compiles a region. */
  FusedLoop compile(Region region);
}
