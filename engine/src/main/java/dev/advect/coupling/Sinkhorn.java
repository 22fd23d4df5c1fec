package dev.advect.coupling;

import dev.advect.AdvectException;
import dev.advect.json.JsonObject;
import dev.advect.transport.Costs;
import dev.advect.transport.EntropicPlan;

/**
 * Entropic optimal transport of the squared distance within each batch. With epsilon = 2 sigma^2 it
 * is the static part of the Schroedinger bridge of a Brownian motion of rate sigma: SB-CFM (Tong et
 * al. 2024, arXiv 2302.00482).
 *
 * <p>Each source point is kept and its row is drawn from its row of the plan, unless pairs are
 * resampled. It is named after the iteration that made such plans common; how a plan is found here
 * is told by {@link EntropicPlan}.
 *
 * @param epsilon the weight of the entropy, in squared units of model space
 * @param resample see {@link PlannedCoupling#resample()}
 * @param conditionWeight see {@link PlannedCoupling#conditionWeight()}
 */
public record Sinkhorn(double epsilon, boolean resample, double conditionWeight)
    implements PlannedCoupling {
  /** Checks the numbers. */
  public Sinkhorn {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be positive and finite, not " + epsilon);
    }
    Weights.requireConditionWeight(conditionWeight);
  }

  static Sinkhorn of(JsonObject json) {
    json.only("epsilon", "resample", "conditionWeight");
    return new Sinkhorn(
        json.number("epsilon"), json.truth("resample"), json.number("conditionWeight"));
  }

  /** The same, with pairs drawn from the plan with replacement. */
  public Sinkhorn resampled() {
    return new Sinkhorn(epsilon, true, conditionWeight);
  }

  @Override
  public Partners partners(Costs costs) {
    return switch (EntropicPlan.solve(costs, epsilon)) {
      case EntropicPlan.Outcome.Converged(var plan) -> plan::column;
      case EntropicPlan.Outcome.Unconverged failed ->
          throw new AdvectException(failed.message(), failed.advice() + ": coupling exact-ot");
    };
  }

  @Override
  public String json() {
    return JsonObject.kind("coupling", "sinkhorn")
        .with("epsilon", epsilon)
        .with("resample", resample)
        .with("conditionWeight", conditionWeight)
        .json();
  }
}
