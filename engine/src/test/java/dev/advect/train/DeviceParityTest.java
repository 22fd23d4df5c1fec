package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.coupling.Coupling;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Table;
import dev.advect.data.Toy;
import dev.advect.file.Tensor;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Mlp;
import dev.advect.path.Icfm;
import dev.advect.path.VariancePreserving;
import dev.advect.solve.Solver;
import dev.advect.testing.TestDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten steps of training, samples and log-densities are the same on every device, as far as the
 * order of sums in float32 goes: the device under test beside the CPU, and the CPU beside the
 * interpreter.
 */
@Tag("device")
@Tag("nvrtc")
class DeviceParityTest {
  private static final int STEPS = 10;
  private static final String BESIDE = TestDevice.NAME.equals("cpu") ? "reference" : "cpu";

  /**
   * A training.
   *
   * @param name what messages call it
   * @param objective what is trained
   * @param set what is learnt from
   * @param batch samples a step
   */
  private record Training(String name, Objective objective, TrainingSet set, int batch) {
    /** The mean loss of each step, and the weights at the end. */
    Outcome on(Backend backend) {
      var options = TrainingOptions.standard().withSteps(STEPS).withBatch(batch).withSeed(5);
      var losses = new ArrayList<Double>();
      try (var trainer = new Trainer(backend, objective, options, set)) {
        for (int k = 0; k < STEPS; k++) {
          losses.add(trainer.advance(1));
        }
        return new Outcome(losses, trainer.state().tensors());
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private record Outcome(List<Double> losses, Map<String, Tensor> tensors) {}

  static Stream<Training> trainings() {
    Table moons = Toy.moons().draw(0, 500);
    var points = TrainingSet.of(moons.values(), moons.rows());
    float[] classes = new float[moons.rows()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = moons.labels().orElseThrow()[i];
    }
    Field narrow = Mlp.of(2, 64, 3, Activation.SELU);
    Field wide = Mlp.of(2, 200, 2, Activation.SILU);
    Field conditional = Mlp.of(2, 32, 2, Activation.TANH).on(Condition.classes(2));
    return Stream.of(
        new Training("moons", FlowMatching.of(narrow, new Icfm(0.1)), points, 70),
        new Training(
            "a wide field", FlowMatching.of(wide, VariancePreserving.standard()), points, 33),
        new Training(
            "planned pairs",
            FlowMatching.of(narrow, new Icfm(0.1)).withCoupling(Coupling.exactOt()),
            points,
            48),
        new Training(
            "classes", FlowMatching.of(conditional, new Icfm(0.1)), points.on(classes, 0.2), 64));
  }

  private static Backend backend(String name) {
    return Backends.open(name, BackendOptions.standard()).backend();
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void tenStepsOfTrainingAreThose(Training training) {
    try (Backend device = backend(TestDevice.NAME);
        Backend beside = backend(BESIDE)) {
      Outcome found = training.on(device);
      Outcome expected = training.on(beside);
      for (int k = 0; k < STEPS; k++) {
        double loss = expected.losses.get(k);
        assertThat(found.losses.get(k)).as("loss %d", k).isCloseTo(loss, within(1e-5 * loss));
      }
      assertThat(found.tensors.keySet()).isEqualTo(expected.tensors.keySet()).isNotEmpty();
      expected.tensors.forEach(
          (name, tensor) -> compare(name, found.tensors.get(name).floats(), tensor.floats()));
    }
  }

  /**
   * Relative to the largest number of an array: sums that nearly cancel have no digits to compare.
   */
  private static void compare(String what, float[] found, float[] expected) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double largest = 0;
    for (float x : expected) {
      largest = Math.max(largest, Math.abs(x));
    }
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .as("%s[%d]", what, i)
          .isCloseTo(expected[i], within(1e-5 * largest));
    }
  }

  @Test
  void samplesAndScoresOfATrainedModelOfDigitsAreThose() {
    Table digits = ((DataSet.Finite) DataSets.named("digits")).table().head(1000);
    float[] pixels = digits.values().clone();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = pixels[i] / 8 - 1;
    }
    var matching = FlowMatching.of(Mlp.of(64, 48, 2, Activation.SELU), new Icfm(0.1));
    var options = TrainingOptions.standard().withSteps(400).withBatch(64);
    try (Backend cpu = backend("cpu");
        Backend device = backend(TestDevice.NAME);
        Backend beside = backend(BESIDE);
        var trainer = new Trainer(cpu, matching, options, pixels, 1000)) {
      trainer.advance(400);
      FlowModel model = trainer.model();
      var sampling = new SamplingOptions(Solver.euler(100), 3);
      float[] samples = model.sample(device, sampling, 20);
      float[] expected = model.sample(beside, sampling, 20);
      for (int i = 0; i < samples.length; i++) {
        assertThat(samples[i]).isCloseTo(expected[i], within(1e-4f));
      }
      Divergence divergence = Divergence.hutchinson(2);
      double[] found =
          model.logLikelihood(device, samples, Solver.euler(20), divergence, 1).logDensity();
      double[] scores =
          model.logLikelihood(beside, samples, Solver.euler(20), divergence, 1).logDensity();
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(scores[i], within(1e-5 * Math.abs(scores[i]) + 1e-3));
      }
    }
  }
}
