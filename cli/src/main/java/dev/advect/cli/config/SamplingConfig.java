package dev.advect.cli.config;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How the differential equation is solved unless the command says otherwise.
 *
 * @param solver the method
 * @param steps equal steps from t = 0 to t = 1; none for a solver that chooses its own
 * @param rtol {@code dopri5}: the error of a step that is tolerated, as a part of the coordinate
 * @param atol {@code dopri5}: the error that is tolerated of a small coordinate
 * @param minStep {@code dopri5}: the smallest step that is tried
 * @param maxSteps {@code dopri5}: the most steps that are tried for a sample
 */
public record SamplingConfig(
    Solver solver,
    Optional<Integer> steps,
    Optional<Double> rtol,
    Optional<Double> atol,
    Optional<Double> minStep,
    Optional<Integer> maxSteps) {
  /** A method. */
  public enum Solver {
    EULER,
    MIDPOINT,
    HEUN,
    RK4,
    RK4_38,
    /** Steps of its own for every sample, by the error they make. */
    DOPRI5;

    /** Whether it takes equal steps. */
    public boolean hasEqualSteps() {
      return this != DOPRI5;
    }
  }

  /**
   * What was said of a solve; what was not is empty.
   *
   * @param solver the method
   * @param steps equal steps
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @param minStep the smallest step
   * @param maxSteps the most steps
   */
  public record Given(
      Optional<Solver> solver,
      Optional<Integer> steps,
      Optional<Double> rtol,
      Optional<Double> atol,
      Optional<Double> minStep,
      Optional<Integer> maxSteps) {}

  /** The most steps of one solve: step numbers stay exact in float32. */
  public static final int MAX_STEPS = dev.advect.solve.Solver.MOST_STEPS;

  private static final int STEPS = 100;
  private static final double TOLERANCE = 1e-5;
  private static final double MIN_STEP = 1e-6;
  private static final int MOST_TRIES = 10_000;

  /** Checks the ranges, and that each number is one that the solver uses. */
  public SamplingConfig {
    boolean equal = solver.hasEqualSteps();
    refuse("steps", steps, !equal, solver);
    refuse("rtol", rtol, equal, solver);
    refuse("atol", atol, equal, solver);
    refuse("minStep", minStep, equal, solver);
    refuse("maxSteps", maxSteps, equal, solver);
    steps.ifPresent(n -> Check.atLeast("steps", n, 1));
    steps.ifPresent(n -> Check.atMost("steps", n, MAX_STEPS));
    rtol.ifPresent(r -> Check.fraction("rtol", r));
    atol.ifPresent(a -> Check.notNegative("atol", a));
    minStep.ifPresent(SamplingConfig::requireStep);
    maxSteps.ifPresent(n -> Check.atLeast("maxSteps", n, 1));
    maxSteps.ifPresent(n -> Check.atMost("maxSteps", n, MAX_STEPS));
    if (!equal) {
      try {
        dev.advect.solve.Solver.dopri5(rtol.orElseThrow(), atol.orElseThrow())
            .within(minStep.orElseThrow(), maxSteps.orElseThrow());
      } catch (AdvectException e) {
        throw new InvalidValue("rtol", "cannot be met: " + e.getMessage(), e.hint());
      }
    }
  }

  private static void requireStep(double h) {
    if (!(h >= dev.advect.solve.Solver.Adaptive.LEAST_STEP && h <= 1)) {
      throw new InvalidValue(
          "minStep",
          "must be from 1.2e-7, the spacing of float32 numbers at t = 1, to 1, not " + h);
    }
  }

  private static void refuse(String key, Optional<?> value, boolean refused, Solver solver) {
    if (refused && value.isPresent()) {
      throw new InvalidValue(
          key,
          "does not apply to the solver " + Labels.of(solver),
          solver.hasEqualSteps()
              ? "it belongs to dopri5; euler, midpoint, heun, rk4 and rk4-38 take steps: N"
              : "dopri5 chooses its steps by rtol, atol, minStep and maxSteps");
    }
  }

  /** Equal steps of a method. */
  public static SamplingConfig of(Solver solver, int steps) {
    return new SamplingConfig(
        solver,
        Optional.of(steps),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** What was given, and the default of every other number that the solver uses. */
  public static SamplingConfig of(Given given) {
    Solver solver = given.solver.orElse(Solver.EULER);
    boolean equal = solver.hasEqualSteps();
    return new SamplingConfig(
        solver,
        given.steps.or(() -> when(equal, STEPS)),
        given.rtol.or(() -> when(!equal, TOLERANCE)),
        given.atol.or(() -> when(!equal, TOLERANCE)),
        given.minStep.or(() -> when(!equal, MIN_STEP)),
        given.maxSteps.or(() -> when(!equal, MOST_TRIES)));
  }

  /**
   * This with what a command gives laid over it; the numbers of another kind of solver are dropped.
   *
   * @throws UsageException if a number is out of range, or one that the solver does not use
   */
  public SamplingConfig with(Given given) {
    try {
      return of(over(given));
    } catch (InvalidValue e) {
      String option = e.key().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      throw new UsageException("--%s %s".formatted(option, e.getMessage()), e.hint());
    }
  }

  private Given over(Given given) {
    Solver chosen = given.solver.orElse(solver);
    boolean same = chosen.hasEqualSteps() == solver.hasEqualSteps();
    return new Given(
        Optional.of(chosen),
        given.steps.or(() -> same ? steps : Optional.empty()),
        given.rtol.or(() -> same ? rtol : Optional.empty()),
        given.atol.or(() -> same ? atol : Optional.empty()),
        given.minStep.or(() -> same ? minStep : Optional.empty()),
        given.maxSteps.or(() -> same ? maxSteps : Optional.empty()));
  }

  private static <T> Optional<T> when(boolean used, T value) {
    return used ? Optional.of(value) : Optional.empty();
  }

  static SamplingConfig read(Section section) {
    Solver solver = section.choice("solver", Solver.EULER, Set.of());
    Optional<Long> steps = whole(section, "steps");
    Optional<Double> rtol = number(section, "rtol");
    Optional<Double> atol = number(section, "atol");
    Optional<Double> minStep = number(section, "minStep");
    Optional<Long> maxSteps = whole(section, "maxSteps");
    return section.build(
        () ->
            of(
                new Given(
                    Optional.of(solver),
                    steps.map(n -> bounded("steps", n)),
                    rtol,
                    atol,
                    minStep,
                    maxSteps.map(n -> bounded("maxSteps", n)))));
  }

  private static int bounded(String key, long value) {
    Check.atMost(key, value, MAX_STEPS);
    Check.atLeast(key, value, 1);
    return (int) value;
  }

  private static Optional<Long> whole(Section section, String key) {
    return section.has(key) ? Optional.of(section.whole(key, 0)) : Optional.empty();
  }

  private static Optional<Double> number(Section section, String key) {
    return section.has(key) ? Optional.of(section.number(key, 0)) : Optional.empty();
  }
}
