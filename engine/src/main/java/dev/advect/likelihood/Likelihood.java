package dev.advect.likelihood;

import dev.advect.graph.Value;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Solve;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Log-densities of a velocity field's flow, as equations in a graph.
 *
 * <p>Along a trajectory of dx/dt = v(x, t) the log-density changes by d/dt log p_t(x_t) = -div
 * v(x_t, t), so log p_1(x_1) = log p_0(x_0) - integral of div v from 0 to 1 (Chen et al. 2018,
 * arXiv 1806.07366). State and log-density are solved together, by the same method and steps.
 *
 * @param velocity v(x, t): (sample[dim], sample[]) to sample[dim]
 * @param divergence how div v is computed
 * @param baseStd the standard deviation of p_0 = N(0, baseStd^2 I)
 */
public record Likelihood(BinaryOperator<Value> velocity, Divergence divergence, double baseStd) {
  /** Checks the standard deviation. */
  public Likelihood {
    if (!(baseStd > 0 && baseStd < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the base needs a positive std, not " + baseStd);
    }
  }

  /**
   * A point and its log-density, after a solve.
   *
   * @param solution the solve, for the graph
   * @param x sample[dim]: where the trajectory ends
   * @param logDensity sample[estimates]: log p_1 of the end that is data, in nats
   */
  public record Scored(Solve.Solution solution, Value x, Value logDensity) {}

  /**
   * (x, l) moves by (v, -div v).
   *
   * @param probes the probes of the divergence, if it has any
   */
  public Dynamics dynamics(Optional<Value> probes) {
    return (state, t) -> {
      Value x = state.getFirst();
      Value v = velocity.apply(x, t);
      return List.of(v, divergence.of(v, x, probes).neg());
    };
  }

  private Dynamics dynamics(Value x) {
    return dynamics(divergence.probes(x.trace(), x.size()));
  }

  /** (x1, 0), where a solve from the data starts. */
  public List<Value> fromData(Value x1) {
    return List.of(x1, x1.trace().zeros(ValueType.sample(divergence.estimates())));
  }

  /** (x0, log p_0(x0)), where a solve from the noise starts. */
  public List<Value> fromNoise(Value x0) {
    return List.of(x0, repeated(logBase(x0)));
  }

  /** log p_1 of the data that a solve moved to x0, where l has become {@code change}. */
  public Value logDensity(Value x0, Value change) {
    return repeated(logBase(x0)).minus(change);
  }

  /**
   * log p_1(x1), solved back to the noise. With Euler's method and N steps of h = 1/N it is,
   * exactly: for k = N down to 1 and t = k h, l += h div v(x, t), then x -= h v(x, t); finally log
   * p_0(x) - l.
   *
   * @param x1 sample[dim], data
   */
  public Scored score(Value x1, Tableau method, int steps) {
    var solution = Solve.backward(method, steps).from(fromData(x1), dynamics(x1));
    Value x0 = solution.state().getFirst();
    Value change = solution.state().getLast();
    return new Scored(solution, x0, logDensity(x0, change));
  }

  /**
   * A log-density with what regularises a training by it.
   *
   * @param scored as {@link #score(Value, Tableau, int)} gives it
   * @param penalty sample[]: the integral of kinetic |v|^2 + jacobian |J|^2 over the trajectory,
   *     with the Frobenius norm of the Jacobian J of v (Finlay et al. 2020, arXiv 2002.02798)
   */
  public record Regularized(Scored scored, Value penalty) {}

  /**
   * log p_1(x1), and the penalties of a trajectory, from the same solve.
   *
   * @param x1 sample[dim], data
   * @param kinetic the weight of |v|^2
   * @param jacobian the weight of |J|^2
   */
  public Regularized score(Value x1, Tableau method, int steps, double kinetic, double jacobian) {
    if (kinetic == 0 && jacobian == 0) {
      return new Regularized(score(x1, method, steps), x1.trace().zeros(ValueType.sample()));
    }
    Dynamics dynamics =
        (state, t) -> {
          Value x = state.getFirst();
          Value v = velocity.apply(x, t);
          Divergence.Probed probed = divergence.probe(v, x);
          Value kineticRate = v.square().sum().times(kinetic);
          Value jacobianRate = probed.squaredNorm().times(jacobian);
          // The solve goes back in time, which turns the sign of what is integrated.
          Value rate = kineticRate.plus(jacobianRate).neg();
          return List.of(v, probed.divergence().neg(), rate);
        };
    Value zero = x1.trace().zeros(ValueType.sample(divergence.estimates()));
    Value none = x1.trace().zeros(ValueType.sample());
    var solution = Solve.backward(method, steps).from(List.of(x1, zero, none), dynamics);
    Value x0 = solution.state().get(0);
    Value logDensity = repeated(logBase(x0)).minus(solution.state().get(1));
    return new Regularized(new Scored(solution, x0, logDensity), solution.state().get(2));
  }

  /**
   * A sample and log p_1 of it, from one solve to the data.
   *
   * @param x0 sample[dim], drawn from p_0
   */
  public Scored sample(Value x0, Tableau method, int steps) {
    var solution = Solve.forward(method, steps).from(fromNoise(x0), dynamics(x0));
    return new Scored(solution, solution.state().getFirst(), solution.state().getLast());
  }

  /** log p_0(x) = -|x|^2 / (2 std^2) - dim ln std - dim/2 ln 2 pi: sample[]. */
  public Value logBase(Value x) {
    double constant = -x.size() * (Math.log(baseStd) + 0.5 * Math.log(2 * Math.PI));
    return x.square().sum().times(-0.5 / (baseStd * baseStd)).plus(constant);
  }

  private Value repeated(Value scalar) {
    return scalar.repeat(0, divergence.estimates());
  }
}
