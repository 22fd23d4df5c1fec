package dev.advect.backend.cpu;

/**
 * The inner loop of every matrix product: rows of a result by P columns, R rows at a time, which
 * are kept in registers while one factor's rows go by and the other's elements are broadcast.
 * Public only so that generated classes can implement it.
 */
public interface MicroKernel {
  /**
   * c[g R + r][P] (+)= sum over panels and i of a(g, panel, i, r) b[panel][i][P], for some groups g
   * of R rows; one call makes them all, so that what a call costs is shared.
   *
   * @param a the factor whose elements are broadcast; where element (i, r) lies in a panel is the
   *     kernel's own matter
   * @param groups where each group's rows begin in a, relative to a0
   * @param first the first group
   * @param end after the last group
   * @param a0 where the first panel of a begins
   * @param aStride floats from one of its panels to the next
   * @param b the factor whose rows are vectors; its panels follow each other
   * @param panels how many panels are summed over, at least 1
   * @param length how many rows a panel of b has
   * @param last how many of them count in the last panel, at least 1
   * @param c the result; its rows follow each other
   * @param c0 where the rows of the first group begin in c
   * @param fresh whether to begin with zeros instead of what c holds
   */
  void run(
      float[] a,
      int[] groups,
      int first,
      int end,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int length,
      int last,
      float[] c,
      int c0,
      boolean fresh);

  /** The kernel on plain floats with the same bits: this one, if it has no other. */
  default MicroKernel twin() {
    return this;
  }

  /** The kernel to call: this one, or another that has taken over from it. */
  default MicroKernel current() {
    return this;
  }
}
