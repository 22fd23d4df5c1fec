package dev.advect.verify;

import dev.advect.solve.Tableau;

/** Solves in plain loops, to compare those of graphs with. */
final class Trajectories {
  /** A velocity in plain loops. */
  interface Velocity {
    double[] at(double[] x, double t);
  }

  private Trajectories() {}

  /** Moves x from t = 0 to 1 by the classic method of Runge and Kutta. */
  static void rk4(Velocity v, double[] x, int steps) {
    solve(Tableau.RK4, v, x, steps);
  }

  /** Moves x from t = 0 to 1 by equal steps of a method. */
  static void solve(Tableau method, Velocity v, double[] x, int steps) {
    double h = 1.0 / steps;
    double[][] slopes = new double[method.stages()][];
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < slopes.length; i++) {
        double[] y = x.clone();
        for (int j = 0; j < i; j++) {
          add(y, h * method.a().get(i).get(j), slopes[j]);
        }
        slopes[i] = v.at(y, (step + method.c().get(i)) * h);
      }
      for (int i = 0; i < slopes.length; i++) {
        add(x, h * method.b().get(i), slopes[i]);
      }
    }
  }

  private static void add(double[] y, double factor, double[] slope) {
    for (int k = 0; k < y.length; k++) {
      y[k] += factor * slope[k];
    }
  }
}
