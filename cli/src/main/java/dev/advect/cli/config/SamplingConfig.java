package dev.advect.cli.config;

import java.util.Set;

/**
 * How the differential equation is solved unless the command says otherwise.
 *
 * @param solver the method
 * @param steps equal steps from t = 0 to t = 1
 */
public record SamplingConfig(Solver solver, int steps) {
  /** A method. */
  public enum Solver {
    EULER,
    MIDPOINT,
    HEUN,
    RK4,
    RK4_38
  }

  /** The most steps of one solve: step numbers stay exact in float32. */
  public static final int MAX_STEPS = 1 << 24;

  /** Checks the number of steps. */
  public SamplingConfig {
    Check.atLeast("steps", steps, 1);
  }

  static SamplingConfig read(Section section) {
    Solver solver = section.choice("solver", Solver.EULER, Set.of());
    long steps = section.whole("steps", 100);
    return section.build(
        () -> {
          Check.atMost("steps", steps, MAX_STEPS);
          return new SamplingConfig(solver, (int) steps);
        });
  }
}
