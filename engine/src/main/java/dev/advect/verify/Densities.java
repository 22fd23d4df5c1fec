package dev.advect.verify;

import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.solve.Tableau;
import java.util.function.BinaryOperator;

/** A way from data to log-densities: the thing under test of the laws of likelihood. */
@FunctionalInterface
interface Densities {
  /**
   * log p_1 of rows under the flow of a velocity that starts from N(0, I).
   *
   * @param velocity v(x, t)
   * @param x1 sample[dim], data
   * @param steps how many steps
   */
  Scored score(BinaryOperator<Value> velocity, Value x1, int steps);

  /** What the engine does, by a method and a divergence. */
  static Densities of(Tableau method, Divergence divergence) {
    return (velocity, x1, steps) ->
        new Likelihood(velocity, divergence, 1).score(x1, method, steps);
  }
}
