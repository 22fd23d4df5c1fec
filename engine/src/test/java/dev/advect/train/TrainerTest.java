package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.coupling.Coupling;
import dev.advect.file.Tensor;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.path.Icfm;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  private static final int ROWS = 9;
  private static final float[] DATA = Numbers.normalFloats(5, 2 * ROWS);
  private static final FlowMatching MATCHING =
      FlowMatching.of(Mlp.of(2, 6, 1, Activation.SELU), new Icfm(0.1));
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(20, 8, 0.9, 3, Optimizer.Adam.standard(), 0.01, new Schedule.Cosine(), 1);

  private final InterpreterBackend backend = new InterpreterBackend();

  @AfterEach
  void everythingIsClosed() {
    assertThat(backend.open()).isZero();
  }

  private Trainer trainer() {
    return new Trainer(backend, MATCHING, OPTIONS, DATA, ROWS);
  }

  private static void assertSame(TrainingState a, TrainingState b) {
    assertThat(a.step()).isEqualTo(b.step());
    assertThat(a.tensors().keySet()).containsExactlyElementsOf(b.tensors().keySet());
    a.tensors()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.floats()).as(name).isEqualTo(b.tensors().get(name).floats()));
  }

  @Test
  void stepsDoNotDependOnHowTheyAreDivided() {
    try (Trainer once = trainer();
        Trainer twice = trainer()) {
      double all = once.advance(5);
      double first = twice.advance(2);
      double rest = twice.advance(3);
      assertThat(all).isCloseTo((2 * first + 3 * rest) / 5, within(1e-6));
      assertThat(once.step()).isEqualTo(5);
      assertSame(once.state(), twice.state());
    }
  }

  @Test
  void theDeviceKnowsBeforehandHowLongATrainingIs() {
    try (Trainer trainer = trainer()) {
      assertThat(trainer.step()).isZero();
      assertThat(backend.expected()).isEqualTo(20 * 8);
    }
  }

  @Test
  void aResumedTrainingIsTheUninterruptedOne(@TempDir Path folder) {
    Path file = folder.resolve("checkpoint.safetensors");
    try (Trainer through = trainer()) {
      through.advance(4);
      Checkpoint.write(file, through.state(), Map.of("config", "a: 1"));
      through.advance(3);
      try (Trainer resumed = trainer()) {
        Checkpoint checkpoint = Checkpoint.read(file);
        assertThat(checkpoint.metadata()).containsEntry("config", "a: 1");
        resumed.restore(checkpoint.state());
        assertThat(resumed.step()).isEqualTo(4);
        resumed.advance(3);
        assertSame(through.state(), resumed.state());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exact-ot", "sinkhorn"})
  void aPlannedCouplingResumesToo(String kind) {
    Coupling coupling =
        kind.equals("sinkhorn") ? Coupling.sinkhorn(0.5).resampled() : Coupling.exactOt();
    var matching = MATCHING.withCoupling(coupling);
    try (var through = new Trainer(backend, matching, OPTIONS, DATA, ROWS);
        var resumed = new Trainer(backend, matching, OPTIONS, DATA, ROWS);
        var independent = trainer()) {
      through.advance(4);
      TrainingState middle = through.state();
      through.advance(3);
      resumed.advance(2); // plans that lie ahead of this are dropped
      resumed.restore(middle);
      resumed.advance(1);
      resumed.advance(2);
      assertSame(through.state(), resumed.state());
      independent.advance(7);
      String weight = "field.layers.0.weight";
      assertThat(independent.state().tensors().get(weight).floats())
          .isNotEqualTo(through.state().tensors().get(weight).floats());
    }
  }

  @Test
  void aPlanThatCannotBeMadeIsAnErrorOfItsStep() {
    float[] wild = DATA.clone();
    wild[3] = Float.NaN;
    var matching = MATCHING.withCoupling(Coupling.exactOt());
    try (var trainer = new Trainer(backend, matching, OPTIONS, wild, ROWS)) {
      assertThatThrownBy(() -> trainer.advance(20))
          .isInstanceOf(AdvectException.class)
          .hasMessageMatching("target point \\d has the coordinate 1 = NaN");
    }
    assertThatThrownBy(
            () -> new Trainer(backend, matching, OPTIONS.withBatch(5000), DATA, ROWS).close())
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("a batch of 5000 is too large to couple: a plan weighs 25,000,000");
  }

  @Test
  void learns() {
    // One point: the field to learn is (x1 - x) / (1 - t).
    float[] point = {2, -1};
    var options =
        new TrainingOptions(
            200, 32, 0, 1, Optimizer.Adam.standard(), 0.02, new Schedule.Constant(), 0);
    try (var trainer = new Trainer(backend, MATCHING, options, point, 1)) {
      double before = trainer.advance(10);
      trainer.advance(180);
      assertThat(trainer.advance(10)).isLessThan(0.5 * before);
    }
  }

  @Test
  void theScheduleSetsTheRateOfEachStep() {
    var options =
        new TrainingOptions(2, 4, 0, 3, new Optimizer.Sgd(0, 0), 0.5, new Schedule.Warmup(2), 0);
    var constant =
        new TrainingOptions(2, 4, 0, 3, new Optimizer.Sgd(0, 0), 0.25, new Schedule.Constant(), 0);
    try (var warming = new Trainer(backend, MATCHING, options, DATA, ROWS);
        var half = new Trainer(backend, MATCHING, constant, DATA, ROWS)) {
      warming.advance(1);
      half.advance(1);
      assertSame(warming.state(), half.state());
      warming.advance(1);
      half.advance(1);
      assertThat(warming.state().tensors().get("field.layers.0.bias").floats())
          .isNotEqualTo(half.state().tensors().get("field.layers.0.bias").floats());
    }
    assertThat(OPTIONS.learningRate(10)).isCloseTo(0.005, within(1e-12));
  }

  @Test
  void aStateHasItsModelHoweverFarTheTrainingIs() {
    try (Trainer trainer = trainer()) {
      trainer.advance(3);
      TrainingState state = trainer.state();
      FlowModel then = trainer.model();
      trainer.advance(2);
      FlowModel found = trainer.model(state);
      assertThat(found.step()).isEqualTo(3);
      String name = "field.layers.0.weight";
      assertThat(found.weights().get(name))
          .isEqualTo(then.weights().get(name))
          .isNotEqualTo(trainer.model().weights().get(name));
    }
  }

  @Test
  void theModelHasTheAveragedWeights() {
    try (Trainer trainer = trainer()) {
      trainer.advance(3);
      FlowModel model = trainer.model();
      String name = "field.layers.0.weight";
      assertThat(model.weights().get(name))
          .isEqualTo(trainer.state().tensors().get("ema." + name).floats())
          .isNotEqualTo(trainer.state().tensors().get(name).floats());
      assertThat(model.step()).isEqualTo(3);
      assertThat(model.seed()).isEqualTo(3);
      assertThat(model.parameterCount())
          .isEqualTo(trainer.parameterCount())
          .isEqualTo(18 + 6 + 12 + 2);
      assertThat(trainer.explain()).contains("training step");
    }
  }

  @Test
  void aLossThatIsNotFiniteIsAnError() {
    float[] wild = DATA.clone();
    wild[3] = Float.POSITIVE_INFINITY;
    try (var trainer = new Trainer(backend, MATCHING, OPTIONS, wild, ROWS)) {
      assertThatThrownBy(() -> trainer.advance(4))
          .isInstanceOfSatisfying(
              AdvectException.class,
              e -> assertThat(e.hint()).contains("lower the learning rate (now 0.0"))
          .hasMessageContaining("between step 1 and step 4");
    }
  }

  @Test
  void refusesTheStateOfAnotherTraining() {
    try (Trainer trainer = trainer()) {
      TrainingState good = trainer.state();
      var seed = new TrainingState(1, 99, good.tensors());
      assertThatThrownBy(() -> trainer.restore(seed))
          .isInstanceOf(AdvectException.class)
          .hasMessage("the checkpoint is of a training with seed 99, not 3");

      var missing = new LinkedHashMap<>(good.tensors());
      missing.remove("optimizer.v.field.layers.1.bias");
      assertThatThrownBy(() -> trainer.restore(new TrainingState(1, 3, missing)))
          .hasMessage("the checkpoint has no tensor 'optimizer.v.field.layers.1.bias'");

      var more = new LinkedHashMap<>(good.tensors());
      more.put("optimizer.u.x", Tensor.f32(new float[1], 1));
      assertThatThrownBy(() -> trainer.restore(new TrainingState(1, 3, more)))
          .hasMessageContaining("'optimizer.u.x' that this training has not");

      var wider = new LinkedHashMap<>(good.tensors());
      wider.put("field.layers.0.bias", Tensor.f32(new float[7], 7));
      assertThatThrownBy(() -> trainer.restore(new TrainingState(1, 3, wider)))
          .hasMessage("the checkpoint's tensor 'field.layers.0.bias' is [7] where [6] is needed");
      assertSame(trainer.state(), good);
    }
  }

  @Test
  void refusesFilesThatAreNoCheckpoints(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("model.safetensors");
    try (Trainer trainer = trainer()) {
      trainer.model().save(file, Map.of());
    }
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("is no checkpoint");
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> Checkpoint.read(file)).isInstanceOf(AdvectException.class);
  }

  @Test
  void refusesDataOfAnotherDimension() {
    assertThatThrownBy(() -> new Trainer(backend, MATCHING, OPTIONS, new float[7], 3))
        .hasMessage("3 rows of dimension 2 are not 7 numbers");
    try (Trainer trainer = trainer()) {
      assertThatThrownBy(() -> trainer.advance(0)).hasMessageContaining("not 0");
    }
  }
}
