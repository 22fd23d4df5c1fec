package dev.advect.train;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import java.util.List;
import java.util.Optional;

/**
 * Maximum likelihood: a continuous normalizing flow, fitted by the density that it gives the data
 * (Chen et al. 2018, arXiv 1806.07366; Grathwohl et al. 2019, arXiv 1810.01367).
 *
 * <p>The loss is the negative log-density by a solve with fixed steps from the data back to the
 * noise, and its gradient is the exact one of that discrete solve. Regularisers keep the field easy
 * to solve (Finlay et al. 2020, arXiv 2002.02798).
 *
 * @param field v(x, t), the network; with smooth activations, as its derivatives are trained
 * @param divergence how the trace of the Jacobian is computed; Hutchinson's estimator draws new
 *     probes each step
 * @param solver the steps from data to noise
 * @param kinetic the weight of the integral of |v|^2 along the trajectory
 * @param jacobian the weight of the integral of the Jacobian's squared Frobenius norm
 */
public record MaximumLikelihood(
    Field field, Divergence divergence, Solver.FixedSteps solver, double kinetic, double jacobian)
    implements Objective {
  /** The most steps of a solve that is differentiated. */
  public static final int MOST_STEPS = 10_000;

  /** Checks the ranges. */
  public MaximumLikelihood {
    if (solver.steps() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "a training solves with at most %d steps, not %d".formatted(MOST_STEPS, solver.steps()));
    }
    requireWeight("kinetic", kinetic);
    requireWeight("jacobian", jacobian);
  }

  private static void requireWeight(String name, double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the weight %s must be finite and not negative, not %s".formatted(name, weight));
    }
  }

  /** Without regularisers. */
  public static MaximumLikelihood of(Field field, Divergence divergence, Solver.FixedSteps solver) {
    return new MaximumLikelihood(field, divergence, solver, 0, 0);
  }

  @Override
  public Flow flow() {
    return Flow.free(field);
  }

  /**
   * -log p_1(x1), or -log p_1(x1 | c) of a conditional field, / dim for rows drawn with
   * replacement, the mean over the estimates of the divergence, plus the weighted regularisers /
   * dim.
   */
  @Override
  public Loss loss(Parameters parameters, TrainingRows rows) {
    Trace g = parameters.trace();
    Value data = rows.data();
    Value row = g.index(Purpose.DATA_INDEX, data.type().dim(0));
    Value x1 = rows.point(data.gather(row));
    Optional<Value> condition = rows.condition(row);
    var likelihood =
        new Likelihood(
            (x, t) -> field.velocity(parameters, x, t, condition), divergence, flow().baseStd());
    var found = likelihood.score(x1, solver.method(), solver.steps(), kinetic, jacobian);
    Value loss = found.penalty().minus(found.scored().logDensity().mean());
    return new Loss(loss.times(1.0 / field.dim()), List.of(found.scored().solution().loop()));
  }
}
