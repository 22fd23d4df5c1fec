package dev.advect.verify;

/** Solves in plain loops, to compare those of graphs with. */
final class Trajectories {
  /** A velocity in plain loops. */
  interface Velocity {
    double[] at(double[] x, double t);
  }

  private Trajectories() {}

  /** Moves x from t = 0 to 1 by the classic method of Runge and Kutta. */
  static void rk4(Velocity v, double[] x, int steps) {
    double h = 1.0 / steps;
    for (int k = 0; k < steps; k++) {
      double t = k * h;
      double[] a = v.at(x, t);
      double[] b = v.at(plus(x, 0.5 * h, a), t + 0.5 * h);
      double[] c = v.at(plus(x, 0.5 * h, b), t + 0.5 * h);
      double[] d = v.at(plus(x, h, c), t + h);
      for (int i = 0; i < x.length; i++) {
        x[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
      }
    }
  }

  private static double[] plus(double[] x, double h, double[] v) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += h * v[i];
    }
    return y;
  }
}
