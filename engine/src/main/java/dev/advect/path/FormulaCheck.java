package dev.advect.path;

import dev.advect.AdvectException;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** What the two formulas of a path must satisfy, evaluated in double on a grid of times. */
final class FormulaCheck {
  private static final int GRID = 512;

  /** x0 and x1 for which means are tried. */
  private static final double[][] POINTS = {{0, 1}, {1, 0}, {-2, 3}};

  /** How far off a mean may end, relative to the point. */
  private static final double END_TOLERANCE = 1e-3;

  /** And begin: as a diffusion path does, whose noise does not quite drown the data. */
  private static final double BEGIN_TOLERANCE = 2e-2;

  /** A std below this part of its largest value is none. */
  private static final double NOTHING = 1e-6;

  private FormulaCheck() {}

  static Dual at(Expression formula, double t, double x0, double x1) {
    return formula.evaluate(
        Map.of("t", Dual.time(t), "x0", Dual.constant(x0), "x1", Dual.constant(x1)));
  }

  static void mean(Expression mean, String text) {
    boolean source = mean.variables().contains("x0");
    for (double[] x : POINTS) {
      for (int i = 0; i <= GRID; i++) {
        double t = (double) i / GRID;
        Dual mu = at(mean, t, x[0], x[1]);
        if (!Double.isFinite(mu.value())) {
          throw new AdvectException(
              "'%s' is %s at t = %s for x0 = %s and x1 = %s"
                  .formatted(text, number(mu.value()), number(t), number(x[0]), number(x[1])),
              "it must be finite from t = 0 (noise) to t = 1 (data)");
        }
        requireRate(mu, text, t, i);
      }
      end(mean, text, 1, x, x[1], "x1", END_TOLERANCE);
      end(mean, text, 0, x, source ? x[0] : 0, source ? "x0" : "0", BEGIN_TOLERANCE);
    }
  }

  private static void end(
      Expression mean,
      String text,
      double t,
      double[] x,
      double wanted,
      String name,
      double tolerance) {
    double found = at(mean, t, x[0], x[1]).value();
    if (!(Math.abs(found - wanted) <= tolerance * (1 + Math.abs(x[1])))) {
      throw new AdvectException(
          "'%s' is %s at t = %s for x0 = %s and x1 = %s, where %s is expected"
              .formatted(text, number(found), number(t), number(x[0]), number(x[1]), name),
          "time runs from noise (t = 0, mean x0, or 0 without x0) to data (t = 1, mean x1); swap t"
              + " and 1-t if yours runs back");
    }
  }

  static void std(Expression std, String text, boolean source) {
    double largest = 0;
    for (int i = 0; i <= GRID; i++) {
      double t = (double) i / GRID;
      Dual sigma = at(std, t, 0, 0);
      if (!(sigma.value() >= 0 && Double.isFinite(sigma.value()))) {
        throw new AdvectException(
            "'%s' is %s at t = %s".formatted(text, number(sigma.value()), number(t)),
            "it must be finite and not negative from t = 0 (noise) to t = 1 (data)");
      }
      requireRate(sigma, text, t, i);
      largest = Math.max(largest, sigma.value());
    }
    if (!source && !(at(std, 0, 0, 0).value() > 0)) {
      throw new AdvectException(
          "'%s' is 0 at t = 0 and the mean has no x0: the path has no source".formatted(text),
          "use x0 in the mean, or a std that is positive at t = 0");
    }
    requirePositiveInside(std, text, source, NOTHING * largest);
  }

  /** Whether the derivative is finite; at the two ends the path leaves a margin instead. */
  private static void requireRate(Dual value, String text, double t, int i) {
    if (i > 0 && i < GRID && !Double.isFinite(value.rate())) {
      throw new AdvectException(
          "'%s' has the derivative %s at t = %s".formatted(text, number(value.rate()), number(t)),
          "the velocity of the path is its derivative by t, which must be finite between 0 and 1");
    }
  }

  /** Looks at the lowest places inside, between the points of the grid too. */
  private static void requirePositiveInside(
      Expression std, String text, boolean source, double nothing) {
    DoubleUnaryOperator sigma = t -> at(std, t, 0, 0).value();
    for (int i = 1; i < GRID; i++) {
      double t = (double) i / GRID;
      double h = 1.0 / GRID;
      double here = sigma.applyAsDouble(t);
      if (here > sigma.applyAsDouble(t - h) || here > sigma.applyAsDouble(t + h)) {
        continue;
      }
      double lowest = lowest(sigma, t - h, t + h);
      double value = sigma.applyAsDouble(lowest);
      if (value < 0 || (!source && value <= nothing)) {
        throw new AdvectException(
            "'%s' is %s at t = %s".formatted(text, number(value), number(lowest)),
            source
                ? "it must not be negative between t = 0 and t = 1"
                : "it must be positive between t = 0 and t = 1, where the mean has no x0: there is"
                    + " no other noise");
      }
    }
  }

  /** Where a function with one valley between two points is lowest, by thirds. */
  private static double lowest(DoubleUnaryOperator f, double from, double to) {
    double low = from;
    double high = to;
    for (int i = 0; i < 80; i++) {
      double third = (high - low) / 3;
      if (f.applyAsDouble(low + third) <= f.applyAsDouble(high - third)) {
        high -= third;
      } else {
        low += third;
      }
    }
    double middle = (low + high) / 2;
    double grid = (from + to) / 2;
    return f.applyAsDouble(grid) <= f.applyAsDouble(middle) ? grid : middle;
  }

  /** A number as a person writes it: 1 rather than 1.0. */
  private static String number(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }
}
