package dev.advect.backend.cpu;

/**
 * The inner loop of every matrix product: R rows by P columns of a result, kept in registers while
 * one factor's rows go by and the other's elements are broadcast. Public only so that generated
 * classes can implement it.
 */
public interface MicroKernel {
  /**
   * c[r][P] (+)= sum over panels and i of a(panel, i, r) b[panel][i][P].
   *
   * @param a the factor whose elements are broadcast; where element (i, r) lies in a panel is the
   *     kernel's own matter
   * @param a0 where its first panel begins
   * @param aStride floats from one of its panels to the next
   * @param b the factor whose rows are vectors; its panels follow each other
   * @param panels how many panels are summed over, at least 1
   * @param length how many rows a panel of b has
   * @param last how many of them count in the last panel
   * @param c the result; its rows follow each other
   * @param fresh whether to begin with zeros instead of what c holds
   */
  void run(
      float[] a,
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

  /** The kernel to call: this one, or another that has taken over from it. */
  default MicroKernel current() {
    return this;
  }
}
