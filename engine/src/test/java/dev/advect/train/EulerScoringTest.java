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
import dev.advect.likelihood.VolumeChange;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.solve.Effort;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The exact log-densities of Euler's sampler, of a model on the CPU. */
@Tag("device")
class EulerScoringTest {
  private static final VolumeChange EXACT = VolumeChange.discreteExact();

  private static FlowModel model(int dim, double scale) {
    Mlp mlp = Mlp.of(dim, 12, 2, Activation.TANH);
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(mlp).values(), 6, scale / Math.sqrt(12))
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    float[] scales = new float[dim];
    float[] shifts = new float[dim];
    for (int i = 0; i < dim; i++) {
      scales[i] = 1 + 0.5f * (i % 3);
      shifts[i] = i % 2;
    }
    var normalizer = new Normalizer(Normalizer.Kind.STANDARDIZE, shifts, scales);
    return new FlowModel(Flow.free(mlp), weights, normalizer, Optional.empty(), 0, 0);
  }

  private static Backend cpu(int threads, int tile) {
    return Backends.open(
            TestDevice.NAME, BackendOptions.standard().withThreads(threads).withTile(tile))
        .backend();
  }

  @Test
  void samplesAreScoredAsTheyWereDrawn() {
    FlowModel model = model(3, 1);
    try (Backend backend = cpu(2, 48)) {
      for (int steps : new int[] {4, 20}) {
        var options = new SamplingOptions(Solver.euler(steps), 5);
        var drawn = model.sampleWithLikelihood(backend, options, 100, EXACT);
        assertThat(drawn.samples()).isEqualTo(model.sample(backend, options, 100));
        var scored = model.score(backend, drawn.samples(), options.solver(), EXACT, 0);
        // Residuals of up to 1e-6 at each step, through a log-density of about ten.
        assertThat(scored.result().logDensity())
            .as("%d steps", steps)
            .containsExactly(drawn.scores().logDensity(), within(2e-4));
        assertThat(scored.effort())
            .isInstanceOfSatisfying(
                Effort.Iterated.class,
                effort -> assertThat(effort.meanEvaluations()).isBetween(1.9 * steps, 5.0 * steps));
      }
    }
  }

  /** The reverse solve is of the first order, so with its step it comes closer to the sampler. */
  @Test
  void theReverseSolveApproachesIt() {
    FlowModel model = model(3, 1);
    try (Backend backend = cpu(1, 64)) {
      double[] errors = new double[2];
      for (int i = 0; i < 2; i++) {
        var options = new SamplingOptions(Solver.euler(10 << i), 5);
        float[] rows = model.sample(backend, options, 50);
        double[] exact =
            model.logLikelihood(backend, rows, options.solver(), EXACT, 0).logDensity();
        double[] reverse =
            model
                .logLikelihood(backend, rows, options.solver(), Divergence.exact(), 0)
                .logDensity();
        for (int row = 0; row < 50; row++) {
          errors[i] += Math.abs(exact[row] - reverse[row]) / 50;
        }
      }
      assertThat(errors[0]).isGreaterThan(1e-3);
      assertThat(errors[0] / errors[1]).isCloseTo(2, within(0.4));
    }
  }

  @Test
  void noBitDependsOnThreadsTilesOrCompany() {
    FlowModel model = model(3, 1);
    float[] rows = Numbers.normalFloats(3, 300);
    double[] scores;
    try (Backend backend = cpu(1, 256)) {
      scores = model.logLikelihood(backend, rows, Solver.euler(6), EXACT, 0).logDensity();
    }
    try (Backend backend = cpu(2, 16)) {
      assertThat(model.logLikelihood(backend, rows, Solver.euler(6), EXACT, 0).logDensity())
          .isEqualTo(scores);
      float[] few = Arrays.copyOf(rows, 15);
      assertThat(model.logLikelihood(backend, few, Solver.euler(6), EXACT, 0).logDensity())
          .isEqualTo(Arrays.copyOf(scores, 5));
    }
  }

  @Test
  void sixtyFourColumnsAreScoredToo() {
    FlowModel model = model(64, 0.7);
    try (Backend backend = cpu(2, 32)) {
      var options = new SamplingOptions(Solver.euler(3), 5);
      var drawn = model.sampleWithLikelihood(backend, options, 10, EXACT);
      double[] again =
          model.logLikelihood(backend, drawn.samples(), options.solver(), EXACT, 0).logDensity();
      assertThat(again).containsExactly(drawn.scores().logDensity(), within(2e-3));
    }
  }

  @Test
  void whatCannotBeUndoneIsNamed() {
    FlowModel wild = model(3, 40);
    try (Backend backend = cpu(1, 64)) {
      assertThatThrownBy(
              () ->
                  wild.logLikelihood(
                      backend, Numbers.normalFloats(3, 90), Solver.euler(2), EXACT, 0))
          .isInstanceOfSatisfying(
              AdvectException.class, e -> assertThat(e.hint()).contains("--steps"))
          .hasMessageContainingAll("of the 2 Euler steps", "sample ", "t = 0", "pivot");
      assertThatThrownBy(
              () ->
                  wild.sampleWithLikelihood(
                      backend, new SamplingOptions(Solver.euler(2), 1), 90, EXACT))
          .isInstanceOf(AdvectException.class)
          .hasMessageContainingAll("of the 2 Euler steps folds space at sample", "t = 0");
      FlowModel model = model(3, 1);
      var heun = Solver.of(Tableau.HEUN, 4);
      assertThatThrownBy(() -> model.logLikelihood(backend, new float[3], heun, EXACT, 0))
          .isInstanceOf(AdvectException.class)
          .hasMessage(
              "discrete-exact is the change of variables of Euler steps, not of 4 heun steps");
      FlowModel wide = model(129, 1);
      assertThatThrownBy(
              () -> wide.logLikelihood(backend, new float[129], Solver.euler(1), EXACT, 0))
          .hasMessageContainingAll("up to 128 columns, not 129");
    }
  }
}
