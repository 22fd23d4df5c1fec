package dev.advect.coupling;

import dev.advect.json.JsonObject;
import dev.advect.transport.Assignment;
import dev.advect.transport.Costs;

/**
 * Optimal transport of the squared distance within each batch: OT-CFM (Tong et al. 2024, arXiv
 * 2302.00482).
 *
 * <p>Of two sets of equally many, equally heavy points an optimal plan is a permutation, so each
 * source point gets a row of its own. The reference implementation of the paper draws its pairs
 * from the plan with replacement, which {@code resample} does.
 *
 * @param resample see {@link PlannedCoupling#resample()}
 * @param conditionWeight see {@link PlannedCoupling#conditionWeight()}
 */
public record ExactOt(boolean resample, double conditionWeight) implements PlannedCoupling {
  /** Checks the weight. */
  public ExactOt {
    Weights.requireConditionWeight(conditionWeight);
  }

  static ExactOt of(JsonObject json) {
    json.only("resample", "conditionWeight");
    return new ExactOt(json.truth("resample"), json.number("conditionWeight"));
  }

  /** The same, with pairs drawn from the plan with replacement. */
  public ExactOt resampled() {
    return new ExactOt(true, conditionWeight);
  }

  @Override
  public Partners partners(Costs costs) {
    int[] columns = Assignment.optimal(costs).columns();
    return (row, _) -> columns[row];
  }

  @Override
  public String json() {
    return JsonObject.kind("coupling", "exact-ot")
        .with("resample", resample)
        .with("conditionWeight", conditionWeight)
        .json();
  }
}
