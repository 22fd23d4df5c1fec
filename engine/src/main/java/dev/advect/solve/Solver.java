package dev.advect.solve;

import java.util.Locale;

/**
 * How dx/dt = v(x, t) is solved between t = 0 (noise) and t = 1 (data).
 *
 * <p>A stage is evaluated at the time its tableau says, t = 1 included: no method moves a time away
 * from the ends. A velocity that is singular there, as one made from a prediction of the data or
 * the noise is, limits the time in its own conversion.
 */
public sealed interface Solver {
  /**
   * Equal steps of a Runge-Kutta method.
   *
   * @param method the method
   * @param steps how many from one end to the other
   */
  record FixedSteps(Tableau method, int steps) implements Solver {
    /** Checks the number of steps. */
    public FixedSteps {
      if (steps < 1 || steps > MOST_STEPS) {
        throw new IllegalArgumentException("a solve has 1 to 2^24 steps, not " + steps);
      }
    }

    /** How often each sample evaluates the velocity. */
    public long evaluations() {
      return (long) steps * method.stages();
    }

    @Override
    public String name() {
      return method.name();
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d %s steps", steps, method.name());
    }
  }

  /** The most steps of one solve: step numbers stay exact in float32. */
  int MOST_STEPS = 1 << 24;

  /** Equal steps of a Runge-Kutta method. */
  static FixedSteps of(Tableau method, int steps) {
    return new FixedSteps(method, steps);
  }

  /** Equal steps of Euler's method. */
  static FixedSteps euler(int steps) {
    return of(Tableau.EULER, steps);
  }

  /** The method's name, as configurations have it. */
  String name();
}
