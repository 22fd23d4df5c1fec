package dev.advect.verify;

import dev.advect.coupling.Coupling;
import dev.advect.coupling.Planner;
import dev.advect.coupling.Planner.Plan;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import java.util.Arrays;
import java.util.List;

/** Laws of couplings within a batch. */
final class CouplingIdentities {
  private static final int ROWS = 200;
  private static final int BATCH = 64;
  private static final int DIM = 2;
  private static final long SEED = 4;

  /** The pairs of a step, for rows of data. */
  interface Pairs {
    Plan plan(float[] data, long step);
  }

  private CouplingIdentities() {}

  static List<Identity> all() {
    return List.of(
        exact((data, step) -> Planner.of(Coupling.exactOt(), data, ROWS).plan(SEED, step, BATCH)));
  }

  static Identity exact(Pairs pairs) {
    return new Identity(
        "coupling.exact",
        "a batch coupled by optimal transport keeps the points and rows of the independent coupling"
            + " and costs no more: largest ratio of the costs over 5 steps, NaN if a point is lost",
        "Pooladian et al. 2023 (arXiv 2304.14772), lemma 4.1; Tong et al. 2024 (arXiv 2302.00482)",
        new Tolerance.AtMost(1),
        "an inequality",
        _ -> {
          float[] data = Reference.floats(GaussianMixtureFlow.planeData().samples(8, ROWS));
          double largest = 0;
          for (int step = 0; step < 5; step++) {
            largest = Reference.worse(largest, ratio(data, pairs.plan(data, step), step));
          }
          return largest;
        });
  }

  private static double ratio(float[] data, Plan plan, long step) {
    float[] x0 = Draws.normal(SEED, Purpose.SOURCE, step, BATCH, DIM);
    int[] drawn = Draws.index(SEED, Purpose.DATA_INDEX, step, BATCH, ROWS);
    float[] row = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      row[i] = drawn[i];
    }
    boolean kept = Arrays.equals(sorted(plan.x0()), sorted(x0));
    kept &= Arrays.equals(sorted(plan.row()), sorted(row));
    return kept ? cost(data, plan.x0(), plan.row()) / cost(data, x0, row) : Double.NaN;
  }

  private static float[] sorted(float[] x) {
    float[] copy = x.clone();
    Arrays.sort(copy);
    return copy;
  }

  private static double cost(float[] data, float[] x0, float[] row) {
    double sum = 0;
    for (int i = 0; i < x0.length; i++) {
      double difference = x0[i] - data[(int) row[i / DIM] * DIM + i % DIM];
      sum += difference * difference;
    }
    return sum;
  }
}
