package dev.advect.metric;

import dev.advect.transport.Assignment;
import dev.advect.transport.SquaredDistances;

/**
 * The 2-Wasserstein distance between the empirical laws of two sets of n points,
 *
 * <pre>
 *   W2^2 = min over permutations s of 1/n sum_i |x_i - y_s(i)|^2
 * </pre>
 *
 * exactly, by linear assignment. Its bias falls as slowly as n^(-1/d) in d dimensions: compare only
 * values of equal n, and with the value of two sets from one law.
 */
public final class Wasserstein {
  private Wasserstein() {}

  /**
   * W2 of two sets.
   *
   * @param x {@code n * dim} numbers, row by row
   * @param y as many
   * @throws dev.advect.AdvectException if a number is not finite
   */
  public static double distance(float[] x, float[] y, int dim) {
    return Math.sqrt(squared(x, y, dim));
  }

  /** W2^2 of two sets, as {@link #distance}. */
  public static double squared(float[] x, float[] y, int dim) {
    return Assignment.optimal(SquaredDistances.between(x, y, dim)).cost() / (x.length / dim);
  }
}
