package dev.advect.solve;

import dev.advect.AdvectException;
import java.util.Locale;

/**
 * How dx/dt = v(x, t), or a stochastic equation with the same laws, is solved between t = 0 (noise)
 * and t = 1 (data).
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

    @Override
    public String name() {
      return method.name();
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d %s steps", steps, method.name());
    }
  }

  /**
   * Steps of an embedded method whose sizes follow from the error, each sample with its own.
   *
   * <p>A step from x to y is accepted if |e_i| is at most {@code absolute + relative max(|x_i|,
   * |y_i|)} for every coordinate i of its estimated error e. A log-density that is solved along is
   * not part of the estimate.
   *
   * @param method the method
   * @param relative the tolerated error as a part of the coordinate's size
   * @param absolute the tolerated error of a coordinate that is small
   * @param minStep the smallest step that is tried, except to land on a time
   * @param maxSteps the most steps that are tried for a sample, rejected ones among them
   */
  record Adaptive(
      EmbeddedTableau method, double relative, double absolute, double minStep, int maxSteps)
      implements Solver {
    /** The spacing of float32 numbers relative to their size, halved: what rounding costs. */
    private static final double ROUNDING = 0x1p-24;

    /** The smallest step that moves every time in [0, 1]: the spacing of float32 numbers at 1. */
    public static final double LEAST_STEP = 0x1p-23;

    /**
     * Checks the numbers.
     *
     * @throws AdvectException if the tolerance is one that float32 cannot meet
     */
    public Adaptive {
      if (!(relative >= 0 && absolute >= 0 && relative < 1 && absolute < Double.MAX_VALUE)) {
        throw new AdvectException(
            "the tolerances rtol %s and atol %s are no errors".formatted(relative, absolute),
            "rtol is from 0 to below 1, atol is at least 0; 1e-5 suits both");
      }
      if (relative + absolute < ROUNDING) {
        throw new AdvectException(
            String.format(
                Locale.ROOT,
                "rtol %s and atol %s tolerate an error of %.2g at a coordinate of size 1, where"
                    + " rounding to float32 alone costs up to %.2g",
                relative,
                absolute,
                relative + absolute,
                ROUNDING),
            "use a tolerance of 1e-7 or larger; 1e-5 suits most fields");
      }
      if (!(minStep >= LEAST_STEP && minStep <= 1)) {
        throw new AdvectException(
            "a smallest step of %s was asked for".formatted(minStep),
            "it is from 1.2e-7, the spacing of float32 numbers at t = 1, to 1");
      }
      if (maxSteps < 1 || maxSteps > MOST_STEPS) {
        throw new AdvectException(
            "at most %d steps a sample were asked for".formatted(maxSteps), "allow 1 to 2^24");
      }
    }

    /** The same with other limits. */
    public Adaptive within(double minStep, int maxSteps) {
      return new Adaptive(method, relative, absolute, minStep, maxSteps);
    }

    @Override
    public String name() {
      return method.name();
    }

    @Override
    public String toString() {
      return "%s with rtol %s and atol %s".formatted(name(), relative, absolute);
    }
  }

  /**
   * Equal Euler-Maruyama steps of the stochastic equation dx = (v + e_t s) dt + sqrt(2 e_t) dW,
   * where s is the score: for every e_t >= 0 its points have the laws that those of dx/dt = v have
   * (Song et al. 2021, arXiv 2011.13456; Albergo et al. 2023, arXiv 2303.08797, section 2).
   *
   * <p>Here e_t = noise sigma_t, with which e_t s = -noise E[eps | x_t] stays finite where sigma_t
   * goes to 0. It is limited to sigma_t^2 / (2 h) for a step h, so that no step contracts the noise
   * that is left by more than half of it: a larger one would overshoot near t = 1.
   *
   * @param steps how many from noise to data
   * @param noise how much noise is stirred in: e_t / sigma_t
   */
  record EulerMaruyama(int steps, double noise) implements Solver {
    /** Checks the numbers. */
    public EulerMaruyama {
      if (steps < 1 || steps > MOST_STEPS) {
        throw new IllegalArgumentException("a solve has 1 to 2^24 steps, not " + steps);
      }
      if (!(noise > 0 && noise < Double.POSITIVE_INFINITY)) {
        throw new AdvectException(
            "a stochastic equation with the noise %s was asked for".formatted(noise),
            "it is finite and above 0; without noise it is the ordinary equation");
      }
    }

    @Override
    public String name() {
      return "euler-maruyama";
    }

    @Override
    public String toString() {
      return "%d %s steps with noise %s".formatted(steps, name(), noise);
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

  /** The method of Dormand and Prince, with steps from 1e-6 and at most 10000 of them. */
  static Adaptive dopri5(double relative, double absolute) {
    return new Adaptive(EmbeddedTableau.DORMAND_PRINCE, relative, absolute, 1e-6, 10_000);
  }

  /** The method's name, as configurations have it. */
  String name();
}
