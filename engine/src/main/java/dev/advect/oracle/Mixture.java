package dev.advect.oracle;

import dev.advect.graph.Op.Distribution;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import java.util.Arrays;

/**
 * A mixture of isotropic Gaussians, sum_i w_i N(m_i, c_i I).
 *
 * @param weights w_i, positive with sum 1
 * @param means m_i, all of the same dimension
 * @param variances c_i; 0 for a point
 */
public record Mixture(double[] weights, double[][] means, double[] variances) {
  /** Checks the lengths and ranges. */
  public Mixture {
    int count = weights.length;
    if (count == 0 || means.length != count || variances.length != count) {
      throw new IllegalArgumentException(
          "%d weights, %d means and %d variances".formatted(count, means.length, variances.length));
    }
    for (int i = 0; i < count; i++) {
      if (means[i].length == 0 || means[i].length != means[0].length) {
        throw new IllegalArgumentException(
            "mean %d has %d numbers, mean 0 has %d".formatted(i, means[i].length, means[0].length));
      }
      if (!(weights[i] > 0) || !(variances[i] >= 0)) {
        throw new IllegalArgumentException(
            "component %d has weight %s and variance %s".formatted(i, weights[i], variances[i]));
      }
    }
    double sum = Arrays.stream(weights).sum();
    if (!(Math.abs(sum - 1) < 1e-9)) {
      throw new IllegalArgumentException("the weights add up to %s, not 1".formatted(sum));
    }
  }

  /** N(0, I). */
  public static Mixture standardNormal(int dim) {
    return gaussian(new double[dim], 1);
  }

  /** N(mean, variance I). */
  public static Mixture gaussian(double[] mean, double variance) {
    return new Mixture(new double[] {1}, new double[][] {mean}, new double[] {variance});
  }

  /** Equally likely points. */
  public static Mixture points(double[][] points) {
    double[] weights = new double[points.length];
    Arrays.fill(weights, 1.0 / points.length);
    return new Mixture(weights, points, new double[points.length]);
  }

  /** How many components there are. */
  public int count() {
    return weights.length;
  }

  /** The dimension. */
  public int dim() {
    return means[0].length;
  }

  /** log of the density at x, for variances above 0. */
  public double logDensity(double[] x) {
    double[] logs = new double[count()];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(weights[i]) + logNormal(x, means[i], variances[i]);
    }
    return logSumExp(logs);
  }

  /** Point number {@code index} of the sequence of independent samples that belongs to a seed. */
  public double[] sample(long seed, long index) {
    double u = Laws.element(Distribution.UNIFORM, 0, seed, Purpose.DATA_INDEX, 0, index, 0);
    int i = 0;
    for (double below = weights[0]; i < count() - 1 && u > below; below += weights[i]) {
      i++;
    }
    double[] x = means[i].clone();
    for (int k = 0; k < x.length; k++) {
      x[k] +=
          Math.sqrt(variances[i])
              * Laws.element(Distribution.NORMAL, 0, seed, Purpose.SOURCE, 0, index, k);
    }
    return x;
  }

  /** The first n points of a seed's sequence, row by row. */
  public double[] samples(long seed, int n) {
    double[] rows = new double[n * dim()];
    for (int i = 0; i < n; i++) {
      System.arraycopy(sample(seed, i), 0, rows, i * dim(), dim());
    }
    return rows;
  }

  /** ln N(x; mean, variance I). */
  static double logNormal(double[] x, double[] mean, double variance) {
    double squares = 0;
    for (int k = 0; k < x.length; k++) {
      squares += (x[k] - mean[k]) * (x[k] - mean[k]);
    }
    return -squares / (2 * variance) - x.length / 2.0 * Math.log(2 * Math.PI * variance);
  }

  /** ln of the sum of e^l. */
  static double logSumExp(double[] logs) {
    double max = Arrays.stream(logs).max().orElseThrow();
    double sum = 0;
    for (double l : logs) {
      sum += Math.exp(l - max);
    }
    return max + Math.log(sum);
  }
}
