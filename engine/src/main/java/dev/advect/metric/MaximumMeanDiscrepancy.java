package dev.advect.metric;

import java.util.Arrays;

/**
 * The squared maximum mean discrepancy between two sets of n points, estimated without bias
 * (Gretton et al. 2012, "A kernel two-sample test", lemma 6),
 *
 * <pre>
 *   MMD^2 = mean over i != j of k(x_i, x_j) + mean over i != j of k(y_i, y_j)
 *           - 2 mean over i, j of k(x_i, y_j)
 * </pre>
 *
 * with k the mean of three Gaussian kernels exp(-|x - y|^2 / (2 h^2)), whose h are m, m/2 and m/4:
 * m is the median distance between two points of y, the median heuristic. Around 0, and sometimes
 * below it, for sets from one law.
 */
public final class MaximumMeanDiscrepancy {
  private static final int MEDIAN_POINTS = 1000;

  private MaximumMeanDiscrepancy() {}

  /**
   * MMD^2 of two sets.
   *
   * @param x {@code n * dim} numbers, row by row, n at least 2
   * @param y as many: the reference, whose median distance sets the widths
   */
  public static double squared(float[] x, float[] y, int dim) {
    int n = x.length / dim;
    if (n < 2 || x.length != y.length || x.length % dim != 0) {
      throw new IllegalArgumentException(
          "%d and %d numbers in %d dimensions".formatted(x.length, y.length, dim));
    }
    double median = medianSquaredDistance(y, dim);
    // 1 / (2 m^2); a set of one repeated point has no width, and any will do.
    double rate = 1 / (2 * (median > 0 ? median : 1));
    double pairs = n * (n - 1.0);
    return 2 * within(x, dim, rate) / pairs
        + 2 * within(y, dim, rate) / pairs
        - 2 * between(x, y, dim, rate) / ((double) n * n);
  }

  /** The median over pairs of the first points: m^2. */
  static double medianSquaredDistance(float[] y, int dim) {
    int n = Math.min(MEDIAN_POINTS, y.length / dim);
    double[] distances = new double[n * (n - 1) / 2];
    int at = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        distances[at++] = squaredDistance(y, i, y, j, dim);
      }
    }
    Arrays.sort(distances);
    return distances[distances.length / 2];
  }

  private static double within(float[] x, int dim, double rate) {
    double sum = 0;
    for (int i = 0; i < x.length / dim; i++) {
      for (int j = 0; j < i; j++) {
        sum += kernel(rate * squaredDistance(x, i, x, j, dim));
      }
    }
    return sum;
  }

  private static double between(float[] x, float[] y, int dim, double rate) {
    double sum = 0;
    for (int i = 0; i < x.length / dim; i++) {
      for (int j = 0; j < y.length / dim; j++) {
        sum += kernel(rate * squaredDistance(x, i, y, j, dim));
      }
    }
    return sum;
  }

  /** Halving h raises the exponential to the fourth power. */
  private static double kernel(double exponent) {
    double wide = Math.exp(-exponent);
    double squared = wide * wide;
    double half = squared * squared;
    double halfSquared = half * half;
    return (wide + half + halfSquared * halfSquared) / 3;
  }

  private static double squaredDistance(float[] x, int i, float[] y, int j, int dim) {
    double sum = 0;
    for (int k = 0; k < dim; k++) {
      double d = x[i * dim + k] - (double) y[j * dim + k];
      sum += d * d;
    }
    return sum;
  }
}
