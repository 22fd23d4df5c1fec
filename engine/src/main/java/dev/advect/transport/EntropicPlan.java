package dev.advect.transport;

import java.util.Locale;

/**
 * The entropic transport plan between two sets of n points of mass 1/n: the joint law pi of least
 * sum pi_ij c_ij + epsilon KL(pi | 1/n^2) (Cuturi 2013, arXiv 1306.0895).
 *
 * @param epsilon the weight of the entropy, in the units of the costs
 * @param conditional n pi, row by row: in row i the probabilities of the columns given i
 * @param steps how many Newton steps it took
 * @param marginalError the largest difference of a row's or column's sum in pi from 1/n
 */
public record EntropicPlan(
    double epsilon, double[][] conditional, int steps, double marginalError) {
  /** Sums of rows and columns are 1/n up to this. */
  public static final double TOLERANCE = 1e-9;

  /** How the search for a plan ended. */
  public sealed interface Outcome {
    /** With a plan whose marginals are those asked for. */
    record Converged(EntropicPlan plan) implements Outcome {}

    /** With marginals that are still wrong; the plan is as far as it got. */
    record Unconverged(EntropicPlan plan) implements Outcome {
      /** What happened, with numbers. */
      public String message() {
        return String.format(
            Locale.ROOT,
            "the entropic plan of %d points with epsilon %s has marginals that are wrong by %.1e"
                + " after %d steps",
            plan.size(),
            plan.epsilon,
            plan.marginalError,
            plan.steps);
      }

      /** What to do about it. */
      public String advice() {
        return "take a larger epsilon, or the exact plan, which this one is close to";
      }
    }
  }

  /**
   * Solves for the plan.
   *
   * @param epsilon positive and finite
   */
  public static Outcome solve(Costs costs, double epsilon) {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be positive and finite, not " + epsilon);
    }
    EntropicPlan plan = new EntropicDual(costs, epsilon).solve();
    return plan.marginalError <= TOLERANCE
        ? new Outcome.Converged(plan)
        : new Outcome.Unconverged(plan);
  }

  /** How many points each set has. */
  public int size() {
    return conditional.length;
  }

  /** The mean cost sum pi_ij c_ij, without the entropy. */
  public double meanCost(Costs costs) {
    int n = size();
    float[] scratch = new float[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float[] c = costs.row(i, scratch);
      for (int j = 0; j < n; j++) {
        sum += conditional[i][j] * c[j];
      }
    }
    return sum / n;
  }

  /**
   * The column at a height of a row's cumulated probabilities, for drawing from it.
   *
   * @param u from 0 to 1
   */
  public int column(int row, double u) {
    double[] q = conditional[row];
    double sum = 0;
    int last = 0;
    for (int j = 0; j < q.length; j++) {
      if (q[j] > 0) {
        sum += q[j];
        last = j;
        if (u <= sum) {
          return j;
        }
      }
    }
    return last; // the sum was rounded to below u
  }
}
