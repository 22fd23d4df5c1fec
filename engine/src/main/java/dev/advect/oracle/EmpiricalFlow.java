package dev.advect.oracle;

/**
 * The velocity that conditional flow matching has at its minimum when the data are a finite set and
 * the coupling is independent: for x_t = (1-t) x0 + t x1 + sigma eps, with x0 and eps standard
 * normal and x1 any of n rows y_j,
 *
 * <pre>
 *   v(x, t) = E[x1 - x0 | x_t = x] = sum_j w_j (y_j - (1-t) / s^2 (x - t y_j))
 *   w_j ~ exp(-|x - t y_j|^2 / (2 s^2)),   s^2 = (1-t)^2 + sigma^2
 * </pre>
 *
 * <p>With many rows it is close to the velocity for the law they are from, whether that has a
 * closed form or not.
 *
 * @param rows {@code n * dim} numbers, row by row; not copied
 * @param dim of a row
 * @param sigma of the path, above 0
 */
public record EmpiricalFlow(float[] rows, int dim, double sigma) {
  /** Checks the numbers. */
  public EmpiricalFlow {
    if (dim < 1 || rows.length == 0 || rows.length % dim != 0 || !(sigma > 0)) {
      throw new IllegalArgumentException(
          "%d numbers of dimension %d, sigma %s".formatted(rows.length, dim, sigma));
    }
  }

  /** v(x, t), for t from 0 to 1. */
  public double[] velocity(double[] x, double t) {
    int n = rows.length / dim;
    double variance = (1 - t) * (1 - t) + sigma * sigma;
    double[] exponents = new double[n];
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      double square = 0;
      for (int k = 0; k < dim; k++) {
        double d = x[k] - t * rows[j * dim + k];
        square += d * d;
      }
      exponents[j] = -square / (2 * variance);
      most = Math.max(most, exponents[j]);
    }
    double total = 0;
    double[] mean = new double[dim]; // of y
    for (int j = 0; j < n; j++) {
      double below = exponents[j] - most;
      if (below > -40) { // e^-40 is below the rounding of the sum
        double w = Math.exp(below);
        total += w;
        for (int k = 0; k < dim; k++) {
          mean[k] += w * rows[j * dim + k];
        }
      }
    }
    double[] v = new double[dim];
    for (int k = 0; k < dim; k++) {
      double y = mean[k] / total;
      v[k] = y - (1 - t) / variance * (x[k] - t * y);
    }
    return v;
  }
}
