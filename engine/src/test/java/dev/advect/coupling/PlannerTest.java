package dev.advect.coupling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.coupling.Planner.Conditions;
import dev.advect.coupling.Planner.Plan;
import dev.advect.coupling.Planner.Source;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("device")
class PlannerTest {
  private static final int ROWS = 50;
  private static final int DIM = 3;
  private static final int BATCH = 24;
  private static final long SEED = 5;
  private static final float[] DATA = Numbers.normalFloats(1, ROWS * DIM);

  private record Drawn(float[] x0, float[] row) {}

  /** What the independent coupling draws on the CPU. */
  private static Drawn independent(long step) {
    var g = new Trace();
    Value data = g.input("data", ValueType.shared(ROWS, DIM));
    Coupling.Pair pair = Coupling.independent().pair(data);
    var results = new LinkedHashMap<>(Map.of("x0", pair.x0(), "row", pair.row()));
    try (Backend backend = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
        Executable executable = backend.compile(Graph.of("pairs", results))) {
      executable.run(Slice.batch(BATCH, step), SEED);
      return new Drawn(executable.result("x0"), executable.result("row"));
    }
  }

  private static double cost(Plan plan, int sample, int rowOf) {
    double sum = 0;
    for (int k = 0; k < DIM; k++) {
      double d = plan.x0()[sample * DIM + k] - DATA[(int) plan.row()[rowOf] * DIM + k];
      sum += d * d;
    }
    return sum;
  }

  private static double cost(Plan plan) {
    return IntStream.range(0, BATCH).mapToDouble(s -> cost(plan, s, s)).sum();
  }

  @Test
  void anExactPlanPermutesTheIndependentDraws() {
    Planner planner = Planner.of(Coupling.exactOt(), DATA, ROWS);
    for (long step : new long[] {0, 7}) {
      Drawn drawn = independent(step);
      Plan plan = planner.plan(SEED, step, BATCH);
      assertThat(plan.x0()).isEqualTo(drawn.x0);
      float[] before = drawn.row.clone();
      float[] after = plan.row().clone();
      Arrays.sort(before);
      Arrays.sort(after);
      assertThat(after).isEqualTo(before);
      assertThat(cost(plan)).isLessThan(0.8 * cost(new Plan(drawn.x0, drawn.row)));
      // No exchange of two rows makes it cheaper.
      for (int s = 0; s < BATCH; s++) {
        for (int t = 0; t < s; t++) {
          assertThat(cost(plan, s, t) + cost(plan, t, s))
              .isGreaterThan(cost(plan, s, s) + cost(plan, t, t) - 1e-5);
        }
      }
    }
  }

  @Test
  void plansAreFunctionsOfSeedAndStep() {
    Planner planner = Planner.of(Coupling.sinkhorn(1).resampled(), DATA, ROWS);
    Plan first = planner.plan(SEED, 3, BATCH);
    planner.plan(SEED, 4, BATCH);
    Plan again = planner.plan(SEED, 3, BATCH);
    assertThat(again.x0()).isEqualTo(first.x0());
    assertThat(again.row()).isEqualTo(first.row());
    assertThat(planner.plan(SEED, 4, BATCH).row()).isNotEqualTo(first.row());
    assertThat(planner.plan(SEED + 1, 3, BATCH).row()).isNotEqualTo(first.row());
  }

  @Test
  void resampledPairsArePairsOfThePlan() {
    Plan plan = Planner.of(Coupling.exactOt(), DATA, ROWS).plan(SEED, 2, BATCH);
    Plan resampled = Planner.of(Coupling.exactOt().resampled(), DATA, ROWS).plan(SEED, 2, BATCH);
    var pairs = new HashSet<String>();
    for (int s = 0; s < BATCH; s++) {
      pairs.add(plan.x0()[s * DIM] + " " + plan.row()[s]);
    }
    var found = new HashSet<String>();
    for (int s = 0; s < BATCH; s++) {
      found.add(resampled.x0()[s * DIM] + " " + resampled.row()[s]);
    }
    assertThat(pairs).containsAll(found);
    // With replacement some pairs come twice: of 24, about 63 % are there.
    assertThat(found).hasSizeBetween(10, 20);
  }

  @Test
  void anEntropicPlanTendsToTheExactOneAndToIndependence() {
    Plan exact = Planner.of(Coupling.exactOt(), DATA, ROWS).plan(SEED, 1, BATCH);
    Plan cold = Planner.of(Coupling.sinkhorn(1e-5), DATA, ROWS).plan(SEED, 1, BATCH);
    Plan warm = Planner.of(Coupling.sinkhorn(1e3), DATA, ROWS).plan(SEED, 1, BATCH);
    assertThat(cold.x0()).isEqualTo(exact.x0());
    assertThat(cold.row()).isEqualTo(exact.row());
    Drawn drawn = independent(1);
    assertThat(cost(warm)).isCloseTo(cost(new Plan(drawn.x0, drawn.row)), within(0.3 * cost(warm)));
    assertThat(cost(warm)).isGreaterThan(1.3 * cost(exact));
  }

  @Test
  void classesAreNotMixed() {
    int[] labels = IntStream.range(0, ROWS).map(row -> row % 3).toArray();
    for (PlannedCoupling coupling :
        new PlannedCoupling[] {Coupling.exactOt(), Coupling.sinkhorn(0.5)}) {
      var planner =
          new Planner(
              coupling, Source.standardNormal(DIM), DATA, ROWS, new Conditions.Classes(labels));
      Drawn drawn = independent(6);
      Plan plan = planner.plan(SEED, 6, BATCH);
      assertThat(plan.x0()).isEqualTo(drawn.x0);
      for (int s = 0; s < BATCH; s++) {
        assertThat(labels[(int) plan.row()[s]]).isEqualTo(labels[(int) drawn.row[s]]);
      }
    }
  }

  @Test
  void vectorConditionsCountByTheirWeight() {
    float[] conditions = Numbers.normalFloats(9, 2 * ROWS);
    double[] tied = new double[3];
    double[] weights = {0, 1, 1e4};
    for (int i = 0; i < 3; i++) {
      var planner =
          new Planner(
              new ExactOt(false, weights[i]),
              Source.standardNormal(DIM),
              DATA,
              ROWS,
              new Conditions.Vectors(conditions, 2));
      Plan plan = planner.plan(SEED, 6, BATCH);
      Drawn drawn = independent(6);
      for (int s = 0; s < BATCH; s++) {
        for (int c = 0; c < 2; c++) {
          double d =
              conditions[(int) plan.row()[s] * 2 + c] - conditions[(int) drawn.row[s] * 2 + c];
          tied[i] += d * d;
        }
      }
    }
    assertThat(tied[1]).isLessThan(tied[0]);
    assertThat(tied[2]).isZero(); // nobody leaves its condition
    Plan blind = Planner.of(Coupling.exactOt(), DATA, ROWS).plan(SEED, 6, BATCH);
    var unweighted =
        new Planner(
            new ExactOt(false, 0),
            Source.standardNormal(DIM),
            DATA,
            ROWS,
            new Conditions.Vectors(conditions, 2));
    assertThat(unweighted.plan(SEED, 6, BATCH).row()).isEqualTo(blind.row());
  }

  @Test
  void theSourceCanBeAnything() {
    Source line =
        (seed, step, count) -> {
          float[] x0 = new float[count * DIM];
          Arrays.fill(x0, step);
          return x0;
        };
    var planner = new Planner(Coupling.exactOt(), line, DATA, ROWS, new Conditions.None());
    assertThat(planner.plan(SEED, 2, BATCH).x0()).containsOnly(2f);
  }

  @Test
  void saysWhatItCannotPlan() {
    Planner planner = Planner.of(Coupling.sinkhorn(1e-18), DATA, ROWS);
    assertThatThrownBy(() -> planner.plan(SEED, 0, BATCH))
        .isInstanceOfSatisfying(
            AdvectException.class, e -> assertThat(e.hint()).contains("larger epsilon"))
        .hasMessageContaining("epsilon 1.0E-18");
    assertThatThrownBy(() -> planner.plan(SEED, 0, 5000)).isInstanceOf(AdvectException.class);
    assertThatThrownBy(
            () ->
                new Planner(
                    Coupling.exactOt(),
                    Source.standardNormal(DIM),
                    DATA,
                    ROWS,
                    new Conditions.Classes(new int[3])))
        .hasMessageContaining("3 conditions for 50 rows");
  }
}
