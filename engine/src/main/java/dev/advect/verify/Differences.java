package dev.advect.verify;

import java.util.function.DoubleFunction;
import java.util.function.Function;

/** Derivatives by central differences of order 8: with h = 0.002 good to about 1e-12. */
final class Differences {
  private static final double[] WEIGHTS = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};

  private Differences() {}

  /** The derivative of a vector-valued function at x, from its values at x - 4h to x + 4h. */
  static double[] derivative(DoubleFunction<double[]> f, double x, double h) {
    double[] slope = null;
    for (int i = 1; i <= WEIGHTS.length; i++) {
      double[] above = f.apply(x + i * h);
      double[] below = f.apply(x - i * h);
      slope = slope == null ? new double[above.length] : slope;
      for (int k = 0; k < slope.length; k++) {
        slope[k] += WEIGHTS[i - 1] * (above[k] - below[k]) / h;
      }
    }
    return slope;
  }

  /** The derivative of a function of a point along coordinate k. */
  static double[] partial(Function<double[], double[]> f, double[] x, int k, double h) {
    return derivative(
        at -> {
          double[] y = x.clone();
          y[k] = at;
          return f.apply(y);
        },
        x[k],
        h);
  }
}
