package dev.advect.cli.config;

import dev.advect.train.MaximumLikelihood;
import java.util.Optional;
import java.util.Set;

/**
 * What is minimised. The kind {@code likelihood} has all of the values, {@code flow-matching} none.
 *
 * @param kind the family
 * @param solver the method that goes from the data to the noise; all but {@code dopri5}
 * @param steps its equal steps
 * @param divergence how the trace of the field's Jacobian is computed
 * @param probes of {@code hutchinson}: how many a sample
 * @param kinetic the weight of the mean squared speed along the way
 * @param jacobian the weight of the mean squared Frobenius norm of the Jacobian along the way
 */
public record ObjectiveConfig(
    Kind kind,
    Optional<SamplingConfig.Solver> solver,
    Optional<Integer> steps,
    Optional<Trace> divergence,
    Optional<Integer> probes,
    Optional<Double> kinetic,
    Optional<Double> jacobian) {
  /** A family of objectives. */
  public enum Kind {
    /** The squared distance between the field and the path's velocity. */
    FLOW_MATCHING,
    /** The negative log-likelihood of the data: a continuous normalizing flow. */
    LIKELIHOOD
  }

  /** How the trace of a Jacobian is computed. */
  public enum Trace {
    EXACT,
    HUTCHINSON
  }

  private static final int STEPS = 8;
  private static final int MOST_PROBES = 4096;

  /** Checks the ranges. */
  public ObjectiveConfig {
    if (solver.filter(chosen -> !chosen.hasEqualSteps()).isPresent()) {
      throw new InvalidValue(
          "solver",
          "must take equal steps, not " + Labels.of(solver.get()),
          "a training goes back through its steps: use rk4, midpoint or euler");
    }
    steps.ifPresent(
        n -> {
          Check.atLeast("steps", n, 1);
          Check.atMost("steps", n, MaximumLikelihood.MOST_STEPS);
        });
    probes.ifPresent(
        n -> {
          Check.atLeast("probes", n, 1);
          Check.atMost("probes", n, MOST_PROBES);
        });
    kinetic.ifPresent(weight -> Check.notNegative("kinetic", weight));
    jacobian.ifPresent(weight -> Check.notNegative("jacobian", weight));
  }

  /** The objective unless a configuration says otherwise. */
  static ObjectiveConfig flowMatching() {
    return new ObjectiveConfig(
        Kind.FLOW_MATCHING,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static ObjectiveConfig read(Section section) {
    return switch (section.choice("kind", Kind.FLOW_MATCHING, Set.of())) {
      case FLOW_MATCHING -> section.build(ObjectiveConfig::flowMatching);
      case LIKELIHOOD -> likelihood(section);
    };
  }

  private static ObjectiveConfig likelihood(Section section) {
    SamplingConfig.Solver solver = section.choice("solver", SamplingConfig.Solver.RK4, Set.of());
    long steps = section.whole("steps", STEPS);
    Trace trace = section.choice("divergence", Trace.HUTCHINSON, Set.of());
    Optional<Long> probes =
        switch (trace) {
          case EXACT -> Optional.empty();
          case HUTCHINSON -> Optional.of(section.whole("probes", 1));
        };
    double kinetic = section.number("kinetic", 0);
    double jacobian = section.number("jacobian", 0);
    return section.build(
        () -> {
          Check.atMost("steps", steps, MaximumLikelihood.MOST_STEPS);
          probes.ifPresent(n -> Check.atMost("probes", n, MOST_PROBES));
          return new ObjectiveConfig(
              Kind.LIKELIHOOD,
              Optional.of(solver),
              Optional.of((int) steps),
              Optional.of(trace),
              probes.map(Long::intValue),
              Optional.of(kinetic),
              Optional.of(jacobian));
        });
  }
}
