package dev.advect.coupling;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.transport.Costs;
import dev.advect.type.ValueType;

/**
 * A coupling that looks at a whole batch at once: which source point goes with which row is planned
 * on the host, from the points of both, before the step that uses it runs.
 *
 * <p>Its graph takes the pairs as per-sample inputs; a {@link Planner} makes them. Any plan with
 * uniform marginals keeps the laws of source and data (Pooladian et al. 2023, arXiv 2304.14772,
 * lemma 4.1).
 */
public interface PlannedCoupling extends Coupling {
  /** The name of the input x0 of a planned coupling: sample[dim]. */
  String X0 = "coupling.x0";

  /** The name of the input that says which row x1 is: sample[]. */
  String ROW = "coupling.row";

  /** The usual weight of the conditions' distance in the cost. */
  double CONDITION_WEIGHT = 1;

  /** Which column goes with each row of a plan. */
  @FunctionalInterface
  interface Partners {
    /**
     * The column of a row.
     *
     * @param row from 0
     * @param u uniform on (0, 1], for drawing from the row of a plan that splits its mass
     */
    int of(int row, double u);
  }

  /**
   * The plan for some source points and as many rows.
   *
   * @throws dev.advect.AdvectException if there is none, with the reason
   */
  Partners partners(Costs costs);

  /**
   * Whether pairs are drawn from the plan with replacement, so that source points and rows of a
   * batch may come twice or not at all; otherwise each source point is used once.
   */
  boolean resample();

  /**
   * beta: how much |c0 - c1|^2 between the conditions that are vectors counts beside |x0 - x1|^2,
   * where c0 is the condition of the row that x0 was drawn with. A plan that is blind to the
   * conditions ties the source to them, which sampling does not (Cheng and Schwing 2025, arXiv
   * 2503.10636); classes are never mixed.
   */
  double conditionWeight();

  @Override
  default Pair pair(Value data) {
    Trace g = data.trace();
    Value x0 = g.input(X0, ValueType.sample(data.type().dim(1)));
    Value row = g.input(ROW, ValueType.sample());
    return new Pair(x0, data.gather(row), row);
  }
}
