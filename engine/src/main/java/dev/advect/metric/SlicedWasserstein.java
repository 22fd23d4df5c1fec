package dev.advect.metric;

import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import java.util.Arrays;

/**
 * The sliced 2-Wasserstein distance between two sets of n points (Rabin et al. 2012),
 *
 * <pre>
 *   SW2^2 = mean over directions a of W2^2(a.x, a.y)
 * </pre>
 *
 * where W2 of numbers on a line pairs them in order. In one dimension it is W2; in d it is smaller,
 * by up to sqrt(d), and its bias does not grow with d.
 */
public final class SlicedWasserstein {
  /** Directions enough that their choice moves a distance by a few per cent of it. */
  public static final int PROJECTIONS = 256;

  private SlicedWasserstein() {}

  /**
   * SW2 of two sets.
   *
   * @param x {@code n * dim} numbers, row by row
   * @param y as many
   * @param projections how many directions, uniform on the sphere
   * @param seed of the directions
   */
  public static double distance(float[] x, float[] y, int dim, int projections, long seed) {
    if (x.length == 0 || x.length != y.length || x.length % dim != 0 || projections < 1) {
      throw new IllegalArgumentException(
          "%d and %d numbers in %d dimensions, %d directions"
              .formatted(x.length, y.length, dim, projections));
    }
    float[] directions = Draws.normal(seed, Purpose.PROJECTION, 0, projections, dim);
    double sum = 0;
    for (int p = 0; p < projections; p++) {
      float[] a = Arrays.copyOfRange(directions, p * dim, (p + 1) * dim);
      double norm = 0;
      for (float k : a) {
        norm += k * (double) k;
      }
      sum += onLine(project(x, a), project(y, a)) / norm;
    }
    return Math.sqrt(sum / projections);
  }

  private static double[] project(float[] points, float[] a) {
    int dim = a.length;
    double[] on = new double[points.length / dim];
    for (int i = 0; i < on.length; i++) {
      double sum = 0;
      for (int k = 0; k < dim; k++) {
        sum += a[k] * (double) points[i * dim + k];
      }
      on[i] = sum;
    }
    return on;
  }

  private static double onLine(double[] x, double[] y) {
    Arrays.sort(x);
    Arrays.sort(y);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - y[i]) * (x[i] - y[i]);
    }
    return sum / x.length;
  }
}
