package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.data.ImageShape;
import dev.advect.data.Normalizer;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.file.Tensor;
import dev.advect.graph.Op.Distribution;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Icfm;
import dev.advect.path.VarianceExploding;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowModelTest {
  private static final Mlp MLP = Mlp.of(2, 5, 1, Activation.SILU);
  private static final Normalizer NORMALIZER =
      new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {1, -3}, new float[] {2, 0.5f});

  private final InterpreterBackend backend = new InterpreterBackend();
  private final FlowModel model = model(MLP);

  private static FlowModel model(Mlp mlp) {
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(mlp).values(), 6, 0.6)
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    Flow flow = Flow.along(new Icfm(0.1), mlp);
    return new FlowModel(flow, weights, Normalizer.none(), Optional.empty(), 12, 345);
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(backend.open()).isZero();
  }

  private static double noise(long seed, long sample, int element) {
    return Laws.element(Distribution.NORMAL, 0, seed, Purpose.SAMPLE_NOISE, 0, sample, element);
  }

  @Test
  void samplesAreNoiseMovedByEulerSteps() {
    var options = new SamplingOptions(Solver.of(Tableau.EULER, 5), 77);
    float[] samples = model.withNormalizer(NORMALIZER).sample(backend, options, 3);
    var plain = new PlainMlp(MLP, Numbers.doubles(model.weights()));
    for (int s = 0; s < 3; s++) {
      double[] x = {noise(77, s, 0), noise(77, s, 1)};
      for (int k = 0; k < 5; k++) {
        double[] v = plain.velocity(x, k / 5.0);
        x[0] += v[0] / 5;
        x[1] += v[1] / 5;
      }
      assertThat(samples[2 * s]).isCloseTo((float) (2 * x[0] + 1), within(3e-6f));
      assertThat(samples[2 * s + 1]).isCloseTo((float) (0.5 * x[1] - 3), within(3e-6f));
    }
  }

  @Test
  void theEnergyIsThatOfTheStepsTaken() {
    var options = new SamplingOptions(Solver.euler(5), 77);
    FlowModel normalized = model.withNormalizer(NORMALIZER);
    FlowModel.EnergySamples found = normalized.sampleWithEnergy(backend, options, 3);
    assertThat(found.samples()).isEqualTo(normalized.sample(backend, options, 3));
    float[] way = model.sampleTrajectory(backend, options, 3);
    for (int s = 0; s < 3; s++) {
      double energy = 0; // sum of h |(x_(k+1) - x_k) / h|^2, in model space
      for (int k = 0; k < 5; k++) {
        for (int i = 0; i < 2; i++) {
          double step = way[(k + 1) * 6 + s * 2 + i] - (double) way[k * 6 + s * 2 + i];
          energy += 5 * step * step;
        }
      }
      assertThat((double) found.energy()[s]).isCloseTo(energy, within(1e-5 * (1 + energy)));
    }
  }

  @Test
  void theEnergyOfAdaptiveStepsIsThatOfManySteps() {
    FlowModel.EnergySamples fine =
        model.sampleWithEnergy(backend, new SamplingOptions(Solver.of(Tableau.RK4, 50), 3), 4);
    var options = new SamplingOptions(Solver.dopri5(1e-6, 1e-6), 3);
    FlowModel.EnergySamples adaptive = model.sampleWithEnergy(backend, options, 4);
    assertThat(adaptive.samples()).isEqualTo(model.sample(backend, options, 4));
    // The energy's own error is not controlled, and is of the order of that of x.
    assertThat(adaptive.energy()).containsExactly(fine.energy(), within(1e-4f));
  }

  @Test
  void aSampleDoesNotDependOnHowManyThereAre() {
    var options = new SamplingOptions(Solver.of(Tableau.MIDPOINT, 3), 5);
    float[] few = model.sample(backend, options, 2);
    float[] many = model.sample(backend, options, 6);
    assertThat(Arrays.copyOf(many, 4)).isEqualTo(few);
    assertThat(model.sample(backend, new SamplingOptions(Solver.of(Tableau.MIDPOINT, 3), 6), 2))
        .isNotEqualTo(few);
  }

  @Test
  void chunksAreSlicesOfOneWhole() {
    // Affine and one-dimensional, so that more samples than a chunk holds are cheap.
    FlowModel small = model(Mlp.of(1, 1, 0, Activation.SELU));
    int n = 70_001;
    float[] samples = small.sample(backend, new SamplingOptions(Solver.of(Tableau.EULER, 1), 4), n);
    float[] w = small.weights().get("field.layers.0.weight");
    float[] b = small.weights().get("field.layers.0.bias");
    for (int s : new int[] {0, 65_535, 65_536, n - 1}) {
      double x = noise(4, s, 0);
      assertThat(samples[s]).isCloseTo((float) (x + w[0] * x + b[0]), within(2e-6f));
    }
    Scores scores =
        small.logLikelihood(
            backend, samples, Solver.of(Tableau.EULER, 1), Divergence.hutchinson(1), 0);
    assertThat(scores.rows()).isEqualTo(n);
    for (int s : new int[] {0, 65_536, n - 1}) {
      double x0 = samples[s] - (w[0] * samples[s] + w[1] + b[0]);
      double expected = -0.5 * x0 * x0 - 0.5 * Math.log(2 * Math.PI) - w[0];
      assertThat(scores.logDensity()[s]).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void trajectoriesBeginAsNoiseAndEndAsSamples() {
    var options = new SamplingOptions(Solver.of(Tableau.RK4, 4), 8);
    FlowModel mapped = model.withNormalizer(NORMALIZER);
    float[] all = mapped.sampleTrajectory(backend, options, 3);
    assertThat(all).hasSize(5 * 3 * 2);
    assertThat(all[0]).isCloseTo((float) (2 * noise(8, 0, 0) + 1), within(1e-6f));
    assertThat(all[5]).isCloseTo((float) (0.5 * noise(8, 2, 1) - 3), within(1e-6f));
    float[] ends = Arrays.copyOfRange(all, 4 * 6, 5 * 6);
    float[] samples = mapped.sample(backend, options, 3);
    for (int i = 0; i < 6; i++) {
      assertThat(ends[i]).isCloseTo(samples[i], within(2e-6f));
    }
  }

  @Test
  void aWiderBaseIsWhereSamplesBeginAndScoresEnd() {
    var wide =
        new FlowModel(
            Flow.along(new VarianceExploding(0.01, 5), MLP),
            zeros(),
            Normalizer.none(),
            Optional.empty(),
            0,
            0);
    float[] samples = wide.sample(backend, new SamplingOptions(Solver.of(Tableau.EULER, 2), 1), 1);
    assertThat(samples[1]).isCloseTo((float) (5 * noise(1, 0, 1)), within(1e-5f));
    Scores scores =
        wide.logLikelihood(
            backend, new float[] {5, 0}, Solver.of(Tableau.EULER, 2), Divergence.exact(), 0);
    assertThat(scores.logDensity()[0]).isCloseTo(-0.5 - Math.log(2 * Math.PI * 25), within(1e-6));
  }

  private static LinkedHashMap<String, float[]> zeros() {
    var zeros = new LinkedHashMap<String, float[]>();
    Parameters.of(MLP).values().forEach((name, v) -> zeros.put(name, new float[v.size()]));
    return zeros;
  }

  @Test
  void logDensitiesAreThoseOfDataSpace() {
    float[] rows = {0.5f, -2.5f, 2, -3, 4, -3.25f};
    FlowModel mapped = model.withNormalizer(NORMALIZER);
    Scores direct =
        model.logLikelihood(
            backend, NORMALIZER.apply(rows, 2), Solver.of(Tableau.EULER, 6), Divergence.exact(), 0);
    Scores scores =
        mapped.logLikelihood(backend, rows, Solver.of(Tableau.EULER, 6), Divergence.exact(), 0);
    for (int row = 0; row < 3; row++) {
      // A density shrinks by the factor by which the scales 2 and 1/2 stretch: here by 1.
      assertThat(scores.logDensity()[row]).isCloseTo(direct.logDensity()[row], within(1e-6));
      assertThat(scores.standardError()[row]).isZero();
    }
    var doubled = new Normalizer(Normalizer.Kind.RANGE, new float[] {0}, new float[] {2});
    float[] twice = {1, -5, 4, -6, 8, -6.5f};
    Scores wide =
        model
            .withNormalizer(doubled)
            .logLikelihood(backend, twice, Solver.of(Tableau.EULER, 6), Divergence.exact(), 0);
    Scores narrow =
        model.logLikelihood(backend, rows, Solver.of(Tableau.EULER, 6), Divergence.exact(), 0);
    assertThat(wide.logDensity()[1])
        .isCloseTo(narrow.logDensity()[1] - 2 * Math.log(2), within(1e-6));
  }

  @Test
  void samplesComeWithTheirLogDensities() {
    var options = new SamplingOptions(Solver.of(Tableau.RK4, 30), 2);
    FlowModel mapped = model.withNormalizer(NORMALIZER);
    FlowModel.ScoredSamples scored =
        mapped.sampleWithLikelihood(backend, options, 4, Divergence.exact());
    float[] samples = mapped.sample(backend, options, 4);
    for (int i = 0; i < samples.length; i++) {
      assertThat(scored.samples()[i]).isCloseTo(samples[i], within(2e-6f));
    }
    Scores again =
        mapped.logLikelihood(backend, samples, Solver.of(Tableau.RK4, 30), Divergence.exact(), 0);
    assertThat(scored.scores().logDensity()).containsExactly(again.logDensity(), within(1e-4));
  }

  @Test
  void refusesRowsOfAnotherDimension() {
    assertThatThrownBy(
            () ->
                model.logLikelihood(
                    backend, new float[3], Solver.of(Tableau.EULER, 1), Divergence.exact(), 0))
        .isInstanceOf(AdvectException.class)
        .hasMessage("3 numbers are no rows of the model's dimension 2");
    assertThatThrownBy(() -> model.sample(backend, SamplingOptions.standard(), 0))
        .isInstanceOf(AdvectException.class);
    assertThatThrownBy(() -> new SamplingOptions(Solver.of(Tableau.EULER, 0), 0))
        .hasMessageContaining("not 0");
  }

  @Test
  void comesBackFromItsFile(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    FlowModel saved = model.withNormalizer(NORMALIZER).withImage(new ImageShape(1, 2));
    saved.save(file, Map.of("config", "x: 1\n"));
    FlowModel loaded = FlowModel.load(file);
    assertThat(loaded.field()).isEqualTo(MLP);
    assertThat(loaded.flow()).isEqualTo(Flow.along(new Icfm(0.1), MLP));
    assertThat(loaded.normalizer()).isEqualTo(NORMALIZER);
    assertThat(loaded.image()).contains(new ImageShape(1, 2));
    assertThat(loaded.seed()).isEqualTo(12);
    assertThat(loaded.step()).isEqualTo(345);
    assertThat(loaded.weights().keySet()).containsExactlyElementsOf(saved.weights().keySet());
    saved.weights().forEach((name, w) -> assertThat(loaded.weights().get(name)).isEqualTo(w));

    SafetensorsFile raw = Safetensors.read(file);
    assertThat(raw.metadata())
        .containsEntry("format_version", "1")
        .containsEntry("convention", "t0=noise,t1=data")
        .containsEntry("parameters", String.valueOf(saved.parameterCount()))
        .containsEntry("config", "x: 1\n");
    assertThat(raw.tensors().get("field.layers.0.weight").shape()).containsExactly(5L, 3L);
  }

  @Test
  void refusesFilesItDoesNotUnderstand(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    model.save(file, Map.of());
    SafetensorsFile good = Safetensors.read(file);

    var later = new TreeMap<>(good.metadata());
    later.put("format_version", "2");
    Safetensors.write(file, later, good.tensors());
    assertThatThrownBy(() -> FlowModel.load(file))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("has the format version '2'; this program reads version 1");

    var reversed = new TreeMap<>(good.metadata());
    reversed.put("convention", "t0=data,t1=noise");
    Safetensors.write(file, reversed, good.tensors());
    assertThatThrownBy(() -> FlowModel.load(file)).hasMessageContaining("convention");

    var fewer = new LinkedHashMap<>(good.tensors());
    fewer.remove("field.layers.1.bias");
    Safetensors.write(file, good.metadata(), fewer);
    assertThatThrownBy(() -> FlowModel.load(file))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("no tensor 'field.layers.1.bias'");

    var more = new LinkedHashMap<>(good.tensors());
    more.put("field.layers.2.bias", Tensor.f32(new float[2], 2));
    Safetensors.write(file, good.metadata(), more);
    assertThatThrownBy(() -> FlowModel.load(file))
        .hasMessageContaining("'field.layers.2.bias' that its field");

    var wider = new LinkedHashMap<>(good.tensors());
    wider.put("field.layers.1.bias", Tensor.f32(new float[3], 3));
    Safetensors.write(file, good.metadata(), wider);
    assertThatThrownBy(() -> FlowModel.load(file))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("field.layers.1.bias");

    var words = new TreeMap<>(good.metadata());
    words.put("step", "many");
    Safetensors.write(file, words, good.tensors());
    assertThatThrownBy(() -> FlowModel.load(file))
        .hasMessageContaining("'step' is 'many', no whole number");
  }

  @Test
  void refusesWeightsOfAnotherField() {
    assertThatThrownBy(
            () ->
                new FlowModel(
                    Flow.along(new ConditionalOt(0), Mlp.of(2, 6, 1, Activation.SILU)),
                    model.weights(),
                    Normalizer.none(),
                    Optional.empty(),
                    0,
                    0))
        .hasMessage("field.layers.0.weight : shared[6, 3] has 15 numbers");
    assertThatThrownBy(() -> model.withImage(new ImageShape(2, 2)))
        .hasMessageContaining("dimension 2");
  }
}
