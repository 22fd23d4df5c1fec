package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.data.Normalizer;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Activation;
import dev.advect.nn.Condition;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.solve.Effort;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Solves with controlled errors, of a model on the CPU. */
@Tag("device")
class AdaptiveRunTest {
  private static final Mlp MLP = Mlp.of(3, 24, 2, Activation.TANH);
  private static final FlowModel MODEL = model(2);
  private static final Solver.Adaptive SOLVER = Solver.dopri5(1e-6, 1e-6);

  private static FlowModel model(double scale) {
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(MLP).values(), 6, scale / Math.sqrt(24))
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    var normalizer =
        new Normalizer(
            Normalizer.Kind.STANDARDIZE, new float[] {1, -3, 0}, new float[] {2, 0.5f, 1});
    return new FlowModel(Flow.free(MLP), weights, normalizer, Optional.empty(), 0, 0);
  }

  private static Backend cpu(int threads, int tile) {
    return Backends.open(
            TestDevice.NAME, BackendOptions.standard().withThreads(threads).withTile(tile))
        .backend();
  }

  private static SamplingOptions options(Solver solver) {
    return new SamplingOptions(solver, 5);
  }

  @Test
  void samplesAreThoseOfManySmallSteps() {
    try (Backend backend = cpu(1, 64)) {
      float[] fine = MODEL.sample(backend, options(Solver.of(Tableau.RK4, 200)), 200);
      Solved<float[]> drawn = MODEL.draw(backend, options(SOLVER), 200);
      // Some ten steps with errors within 1e-6 (1 + |x|), and the rounding of 200 steps.
      assertThat(drawn.result()).containsExactly(fine, within(1e-4f));
      assertThat(drawn.effort())
          .isInstanceOfSatisfying(
              Effort.Adaptive.class,
              effort -> {
                var steps = Effort.Spread.of(effort.accepted());
                assertThat(steps.min()).isGreaterThan(2);
                assertThat(steps.max()).isGreaterThan(steps.min()).isLessThan(200);
                assertThat(effort.largestError()).isBetween(0.1, 1.0);
                assertThat(effort.times()).startsWith(0).endsWith(1).isSorted();
                assertThat(effort.times()).hasSize(effort.accepted()[0] + 1);
                assertThat(effort.evaluations()[7])
                    .isEqualTo(2 + 6 * (effort.accepted()[7] + effort.rejected()[7]));
              });
    }
  }

  /** Also when most of its company has arrived, and so far down in a batch. */
  @Test
  void noBitDependsOnThreadsTilesOrCompany() {
    float[] samples;
    Scores scores;
    try (Backend backend = cpu(1, 256)) {
      samples = MODEL.sample(backend, options(SOLVER), 300);
      scores = MODEL.logLikelihood(backend, samples, SOLVER, Divergence.hutchinson(2), 9);
    }
    try (Backend backend = cpu(2, 48)) {
      assertThat(MODEL.sample(backend, options(SOLVER), 300)).isEqualTo(samples);
      assertThat(MODEL.logLikelihood(backend, samples, SOLVER, Divergence.hutchinson(2), 9))
          .usingRecursiveComparison()
          .isEqualTo(scores);
      float[] few = MODEL.sample(backend, options(SOLVER), 7);
      assertThat(few).isEqualTo(Arrays.copyOf(samples, few.length));
      Scores some = MODEL.logLikelihood(backend, few, SOLVER, Divergence.hutchinson(2), 9);
      assertThat(some.logDensity()).isEqualTo(Arrays.copyOf(scores.logDensity(), 7));
    }
  }

  @Test
  void logDensitiesAreThoseOfManySmallSteps() {
    try (Backend backend = cpu(1, 64)) {
      FlowModel.ScoredSamples drawn =
          MODEL.sampleWithLikelihood(backend, options(SOLVER), 50, Divergence.exact());
      assertThat(drawn.samples()).isEqualTo(MODEL.sample(backend, options(SOLVER), 50));
      var fine = Solver.of(Tableau.RK4, 100);
      for (Divergence divergence :
          new Divergence[] {Divergence.exact(), Divergence.hutchinson(3)}) {
        double[] expected =
            MODEL.logLikelihood(backend, drawn.samples(), fine, divergence, 4).logDensity();
        double[] back =
            MODEL.logLikelihood(backend, drawn.samples(), SOLVER, divergence, 4).logDensity();
        assertThat(back).containsExactly(expected, within(3e-4));
      }
      // There and back again: the round trip's errors are those of two solves.
      double[] again =
          MODEL.logLikelihood(backend, drawn.samples(), SOLVER, Divergence.exact(), 0).logDensity();
      assertThat(drawn.scores().logDensity()).containsExactly(again, within(3e-4));
    }
  }

  @Test
  void statesAtRequestedTimesLieOnTheWay() {
    try (Backend backend = cpu(1, 64)) {
      float[] all = MODEL.drawAt(backend, options(SOLVER), 20, 0, 0.3, 1).result();
      float[] fixed =
          MODEL.drawAt(backend, options(Solver.of(Tableau.RK4, 50)), 20, 0, 0.3, 1).result();
      assertThat(all).hasSize(3 * 20 * 3).containsExactly(fixed, within(1e-4f));
      float[] ends = Arrays.copyOfRange(all, 2 * 60, 3 * 60);
      assertThat(ends).containsExactly(MODEL.sample(backend, options(SOLVER), 20), within(1e-4f));
    }
  }

  /** On the grid of the solve they are its very states, whatever the method. */
  @Test
  void statesOnTheGridAreThoseOfTheSolve() {
    try (Backend backend = cpu(1, 64)) {
      for (Tableau method : Tableau.ALL) {
        var options = options(Solver.of(method, 10));
        Solved<float[]> at = MODEL.drawAt(backend, options, 9, 0.3, 1);
        assertThat(at.effort().times()).hasSize(11);
        float[] whole = MODEL.sampleTrajectory(backend, options, 9);
        float[] samples = MODEL.sample(backend, options, 9);
        assertThat(Arrays.copyOfRange(at.result(), 0, 27))
            .isEqualTo(Arrays.copyOfRange(whole, 3 * 27, 4 * 27));
        assertThat(Arrays.copyOfRange(at.result(), 27, 54)).as(method.name()).isEqualTo(samples);
      }
    }
  }

  /** Conditions go with their samples, whose company changes as others arrive. */
  @Test
  void everySampleKeepsItsCondition() {
    var mlp = new Mlp(2, List.of(16), Activation.TANH, TimeFeatures.CONCAT, Condition.classes(3));
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(mlp).values(), 3, 1)
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    var model = new FlowModel(Flow.free(mlp), weights, Normalizer.none(), Optional.empty(), 0, 0);
    int n = 30;
    float[] classes = new float[n];
    for (int i = 0; i < n; i++) {
      classes[i] = i % 3;
    }
    try (Backend backend = cpu(1, 64)) {
      var solved = model.given(Conditions.of(classes)).draw(backend, options(SOLVER), n);
      int[] accepted = ((Effort.Adaptive) solved.effort()).accepted();
      assertThat(Effort.Spread.of(accepted).max()).isGreaterThan(Effort.Spread.of(accepted).min());
      for (int c = 0; c < 3; c++) {
        float[] alone = model.given(Conditions.of(c)).sample(backend, options(SOLVER), n);
        for (int i = c; i < n; i += 3) {
          assertThat(Arrays.copyOfRange(solved.result(), 2 * i, 2 * i + 2))
              .isEqualTo(Arrays.copyOfRange(alone, 2 * i, 2 * i + 2));
        }
      }
    }
  }

  @Test
  void aSampleThatDoesNotArriveIsNamed() {
    FlowModel wild = model(60);
    try (Backend backend = cpu(1, 64)) {
      assertThatThrownBy(() -> wild.sample(backend, options(SOLVER.within(1e-6, 20)), 40))
          .isInstanceOf(AdvectException.class)
          .hasMessageContainingAll("dopri5 with rtol 1.0E-6", "20 steps of sample", "t = 0.");
      assertThatThrownBy(() -> wild.sample(backend, options(SOLVER.within(0.5, 1000)), 40))
          .isInstanceOf(AdvectException.class)
          .hasMessageContainingAll("cannot reach its tolerance for sample", "step of 0.50");
      assertThatThrownBy(() -> MODEL.sampleTrajectory(backend, options(SOLVER), 2))
          .isInstanceOfSatisfying(
              AdvectException.class, e -> assertThat(e.hint()).contains("--times"));
    }
  }
}
