package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.data.Normalizer;
import dev.advect.data.Table;
import dev.advect.data.Toy;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Dequantization;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.path.Icfm;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.type.ValueType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fields with conditions, and the guidance between them and the field without. */
@Tag("device")
@Tag("nvrtc")
class ConditionalFlowTest {
  private static final double[][] POINTS = {{2, 1}, {-1.5, -0.5}};
  private static final GaussianMixtureFlow BOTH = GaussianMixtureFlow.toPoints(POINTS, 0.25);

  private final InterpreterBackend backend = new InterpreterBackend();

  private static GaussianMixtureFlow to(int point) {
    return GaussianMixtureFlow.toPoints(new double[][] {POINTS[point]}, 0.25);
  }

  /** The exact field to two equally likely points, conditioned on which. */
  private record TwoPoints() implements Field {
    @Override
    public int dim() {
      return 2;
    }

    @Override
    public Condition condition() {
      return Condition.classes(2);
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      return BOTH.velocity(x, t);
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t, Optional<Value> condition) {
      Value one = condition.orElseThrow().slice(0, 0, 1).reshape().stretch(List.of(2));
      return one.select(to(0).velocity(x, t), to(1).velocity(x, t));
    }

    @Override
    public String json() {
      return "{\"kind\": \"two points\"}";
    }
  }

  @Test
  void guidanceIsTheLineThroughTheTwoFields() {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    Value c = Condition.classes(2).features(g.input("c", ValueType.sample(1)));
    Flow flow = Flow.along(new Icfm(0.25), new TwoPoints());
    double[] weights = {0, 1, 2.5, -0.5};
    List<Value> guided =
        Arrays.stream(weights).mapToObj(w -> flow.guided(parameters, x, t, c, w)).toList();
    Map<String, double[]> inputs =
        Map.of(
            "x", new double[] {0.5, 0.25, -1, 0.75},
            "t", new double[] {0.25, 0.75},
            "c", new double[] {0, 1});
    var values = Interpreter.evaluate(guided, inputs, Slice.batch(2, 0), 0);
    for (int s = 0; s < 2; s++) {
      double[] at = {inputs.get("x")[2 * s], inputs.get("x")[2 * s + 1]};
      double[] without = BOTH.velocity(at, inputs.get("t")[s]);
      double[] with = to(s).velocity(at, inputs.get("t")[s]);
      for (int k = 0; k < weights.length; k++) {
        for (int i = 0; i < 2; i++) {
          double expected = (1 - weights[k]) * without[i] + weights[k] * with[i];
          // Constants of a graph are floats; those of the mixture and of w are exact.
          assertThat(values.get(guided.get(k))[2 * s + i]).isCloseTo(expected, within(1e-6));
        }
      }
    }
    // w = 0 and w = 1 cost one evaluation: they are the fields themselves.
    assertThat(guided.get(0)).isSameAs(flow.velocity(parameters, x, t));
    assertThat(guided.get(1)).isSameAs(flow.field().velocity(parameters, x, t, Optional.of(c)));
  }

  @Test
  void aShareOfTheSamplesTrainsWithoutItsCondition() {
    int batch = 20_000;
    var g = new Trace();
    var rows =
        new TrainingRows(
            g.input("data", ValueType.shared(2, 1)),
            Optional.empty(),
            Condition.classes(2),
            Optional.of(g.input("conditions", ValueType.shared(2, 1))),
            0.2);
    Value row = g.input("row", ValueType.sample());
    Value features = rows.condition(row).orElseThrow();
    double[] picked = new double[batch];
    for (int s = 0; s < batch; s++) {
      picked[s] = s % 2;
    }
    Map<String, double[]> inputs = Map.of("conditions", new double[] {1, 0}, "row", picked);
    double[] values =
        Interpreter.evaluate(List.of(features), inputs, Slice.batch(batch, 0), 5).get(features);
    int without = 0;
    for (int s = 0; s < batch; s++) {
      double first = values[2 * s];
      double second = values[2 * s + 1];
      if (first + second == 0) {
        without++;
      } else {
        assertThat(s % 2 == 0 ? second : first).isEqualTo(1);
        assertThat(first + second).isEqualTo(1);
      }
    }
    // A share of 0.2 of 20000 is known to sqrt(0.16 / 20000) = 0.003.
    assertThat(without / (double) batch).isCloseTo(0.2, within(0.012));
    double[] later =
        Interpreter.evaluate(List.of(features), inputs, Slice.batch(batch, 1), 5).get(features);
    assertThat(later).isNotEqualTo(values);
  }

  @Test
  void discreteRowsAreLearntAnywhereInTheirCells() {
    int batch = 4000;
    var g = new Trace();
    Value spacing = g.input("spacing", ValueType.shared(2));
    Value x1 = g.input("x1", ValueType.sample(2));
    var rows = new TrainingRows(x1, Optional.of(spacing), Condition.none(), Optional.empty(), 0);
    Value point = rows.point(x1);
    double[] at = Numbers.normal(1, 2 * batch);
    Map<String, double[]> inputs = Map.of("spacing", new double[] {0.5, 2}, "x1", at);
    double[] first =
        Interpreter.evaluate(List.of(point), inputs, Slice.batch(batch, 0), 5).get(point);
    double[] mean = new double[2];
    for (int i = 0; i < first.length; i++) {
      double cell = i % 2 == 0 ? 0.5 : 2;
      assertThat(first[i] - at[i]).isBetween(0.0, cell + 1e-12);
      mean[i % 2] += (first[i] - at[i]) / cell / batch;
    }
    // Means of 4000 uniforms, with standard errors of 0.0046.
    assertThat(mean[0]).isCloseTo(0.5, within(0.02));
    assertThat(mean[1]).isCloseTo(0.5, within(0.02));
    assertThat(Interpreter.evaluate(List.of(point), inputs, Slice.batch(batch, 1), 5).get(point))
        .isNotEqualTo(first);
  }

  /** v = x W + t w + b + W_c c: what is known of it is known in closed form. */
  private static FlowModel affine(Condition condition, double dropout) {
    var mlp = new Mlp(1, List.of(), Activation.SELU, TimeFeatures.CONCAT, condition);
    var weights = new LinkedHashMap<String, float[]>();
    float[] w = new float[2 + condition.size()];
    System.arraycopy(new float[] {0.5f, 0.25f, 1, -2, 3}, 0, w, 0, w.length);
    weights.put("field.layers.0.weight", w);
    weights.put("field.layers.0.bias", new float[] {0.125f});
    return new FlowModel(
            Flow.along(new Icfm(0), mlp), weights, Normalizer.none(), Optional.empty(), 7, 9)
        .with(new Conditioning(Normalizer.none(), dropout));
  }

  /** log p_1(x) after one Euler step from t = 1, with what the condition adds to v. */
  private static double logDensity(double x, double added) {
    double x0 = x - (0.5 * x + 0.25 + 0.125 + added);
    return -0.5 * x0 * x0 - 0.5 * Math.log(2 * Math.PI) - 0.5;
  }

  private double[] scores(FlowModel model, float... rows) {
    return model.logLikelihood(backend, rows, Solver.euler(1), Divergence.exact(), 0).logDensity();
  }

  @Test
  void rowsAreScoredUnderTheirConditions() {
    FlowModel model = affine(Condition.classes(3), 0.1);
    float[] rows = {0.5f, -1, 2};
    assertThat(scores(model.given(Conditions.of(0, 2, 1)), rows))
        .containsExactly(
            new double[] {logDensity(0.5, 1), logDensity(-1, 3), logDensity(2, -2)}, within(1e-6));
    assertThat(scores(model.given(Conditions.of(2)), rows)[0])
        .isCloseTo(logDensity(0.5, 3), within(1e-6));
    assertThat(scores(model.given(Conditions.of(2).guided(1.5)), rows)[0])
        .isCloseTo(logDensity(0.5, 4.5), within(1e-6));
    assertThat(scores(model, rows)[0]).isCloseTo(logDensity(0.5, 0), within(1e-6));
    assertThat(scores(model.given(Conditions.of(2).guided(0)), rows)[0])
        .isCloseTo(logDensity(0.5, 0), within(1e-6));
  }

  @Test
  void vectorsAreNormalisedAndFollowedByAOne() {
    var standard =
        new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {10, 20}, new float[] {2, 4});
    FlowModel model =
        affine(Condition.vector(2), 0)
            .with(new Conditioning(standard, 0))
            .given(Conditions.of(12, 12));
    // (12, 12) is (1, -2) in model space: 1 1 + -2 -2 + 3.
    assertThat(scores(model, 0.5f)[0]).isCloseTo(logDensity(0.5, 8), within(1e-6));
  }

  @Test
  void samplesAndTheirWaysAreUnderConditions() {
    FlowModel model = affine(Condition.classes(3), 0.1);
    var options = new SamplingOptions(Solver.euler(1), 3);
    float[] free = model.sample(backend, options, 3);
    FlowModel given = model.given(Conditions.of(0, 1, 2));
    float[] samples = given.sample(backend, options, 3);
    float[] ways = given.sampleTrajectory(backend, options, 3);
    var scored = given.sampleWithLikelihood(backend, options, 3, Divergence.exact());
    float[] added = {1, -2, 3};
    for (int s = 0; s < 3; s++) {
      assertThat(samples[s]).isCloseTo(free[s] + added[s], within(1e-6f));
      assertThat(ways[3 + s]).isCloseTo(samples[s], within(1e-6f));
      assertThat(scored.samples()[s]).isCloseTo(samples[s], within(1e-6f));
    }
    float[] one = model.given(Conditions.of(2)).sample(backend, options, 3);
    assertThat(one[0]).isCloseTo(free[0] + 3, within(1e-6f));
    assertThat(one[2]).isEqualTo(samples[2]);
  }

  @Test
  void refusesConditionsThatDoNotFit() {
    FlowModel classes = affine(Condition.classes(3), 0);
    var options = new SamplingOptions(Solver.euler(1), 3);
    assertThatThrownBy(() -> classes.given(Conditions.of(3)))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no class 3: the classes of this model are 0 to 2");
    assertThatThrownBy(() -> classes.given(Conditions.of(1.5f))).hasMessageContaining("class 1.5");
    assertThatThrownBy(() -> classes.given(Conditions.of(-1))).hasMessageContaining("class -1");
    assertThatThrownBy(() -> classes.given(Conditions.of(Float.NaN)))
        .hasMessageContaining("class NaN");
    assertThatThrownBy(() -> classes.given(Conditions.of(1).guided(2)))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("guidance by 2.0");
    assertThatThrownBy(() -> classes.sample(backend, options, 1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("needs a condition");
    assertThatThrownBy(() -> classes.given(Conditions.of(0, 1)).sample(backend, options, 3))
        .hasMessage("2 conditions were given for 3 rows");
    assertThatThrownBy(() -> affine(Condition.vector(2), 0).given(Conditions.of(1, 2, 3)))
        .hasMessage("a condition of this model has 2 numbers; 3 were given");
    assertThatThrownBy(() -> affine(Condition.none(), 0).given(Conditions.of(1)))
        .hasMessageContaining("not conditioned");
    assertThatThrownBy(() -> Conditions.of(1).guided(Double.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void filesKeepHowAModelIsConditioned(@TempDir Path folder) {
    var standard =
        new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {10, 20}, new float[] {2, 4});
    FlowModel vector =
        affine(Condition.vector(2), 0)
            .with(new Conditioning(standard, 0.25))
            .with(new Dequantization(0.5));
    Path file = folder.resolve("model.safetensors");
    vector.save(file, Map.of());
    FlowModel read = FlowModel.load(file);
    assertThat(read.condition()).isEqualTo(Condition.vector(2));
    assertThat(read.conditioning()).isEqualTo(vector.conditioning());
    assertThat(read.dequantization()).contains(new Dequantization(0.5));
    assertThat(read.given()).isEmpty();

    affine(Condition.none(), 0).save(file, Map.of());
    FlowModel plain = FlowModel.load(file);
    assertThat(plain.conditioning()).isEqualTo(Conditioning.none());
    assertThat(plain.dequantization()).isEmpty();
  }

  @Test
  void aConditionalTrainingResumesBitForBit(@TempDir Path folder) {
    Table moons = Toy.moons().draw(1, 40);
    float[] labels = labels(moons);
    Field field = Mlp.of(2, 6, 1, Activation.SELU).on(Condition.classes(2));
    var options =
        new TrainingOptions(
            8, 8, 0.9, 3, Optimizer.Adam.standard(), 0.01, new Schedule.Cosine(), 1);
    var set =
        TrainingSet.of(moons.values(), 40).on(labels, 0.3).dequantized(new float[] {0.1f, 0.2f});
    FlowMatching matching = FlowMatching.of(field, new Icfm(0.1));
    Path file = folder.resolve("checkpoint.safetensors");
    try (var through = new Trainer(backend, matching, options, set);
        var resumed = new Trainer(backend, matching, options, set)) {
      through.advance(3);
      Checkpoint.write(file, through.state(), Map.of());
      through.advance(5);
      resumed.restore(Checkpoint.read(file).state());
      resumed.advance(5);
      Map<String, float[]> weights = new HashMap<>(through.model().weights());
      resumed.model().weights().forEach((name, w) -> assertThat(w).isEqualTo(weights.get(name)));
      assertThat(through.model().conditioning().dropout()).isEqualTo(0.3);
    }
    assertThatThrownBy(
            () -> new Trainer(backend, matching, options, TrainingSet.of(moons.values(), 40)))
        .hasMessageContaining("are not 0 numbers");
  }

  /** The condition is a value from outside of the loop that is differentiated. */
  @Test
  void likelihoodsOfConditionalFieldsAreDifferentiatedExactly() {
    Field field = Mlp.of(2, 4, 1, Activation.TANH).on(Condition.vector(1));
    var options =
        new TrainingOptions(5, 4, 0, 3, new Optimizer.Sgd(0, 0), 1, new Schedule.Constant(), 0);
    var objective = MaximumLikelihood.of(field, Divergence.exact(), Solver.of(Tableau.MIDPOINT, 2));
    var set =
        TrainingSet.of(Numbers.normalFloats(1, 6), 3)
            .on(new float[] {1, -2, 0.5f}, 0.3)
            .dequantized(new float[] {0.5f, 0.25f});
    TrainingStep step = TrainingStep.of(objective, options, set);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(step.parameters().values(), 7, 0.7));
    inputs.put(TrainingStep.DATA, Numbers.doubles(set.rows()));
    inputs.put(TrainingStep.CONDITIONS, Numbers.doubles(set.conditions().orElseThrow()));
    inputs.put(TrainingStep.SPACING, Numbers.doubles(set.spacing().orElseThrow()));
    inputs.put(TrainingStep.LEARNING_RATE, new double[] {1});
    inputs.put(TrainingStep.LOSS_SUM, new double[1]);
    Slice batch = Slice.batch(7, 2);
    var after = Interpreter.run(step.graph(), inputs, batch, 3).updates();
    for (String name : step.parameters().values().keySet()) {
      double[] weights = inputs.get(name);
      for (int i = 0; i < weights.length; i++) {
        double w = weights[i];
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
          weights[i] = w + (side == 0 ? 1e-5 : -1e-5);
          losses[side] =
              Interpreter.run(step.graph(), inputs, batch, 3).results().get(TrainingStep.LOSS)[0];
        }
        weights[i] = w;
        // Central differences with h = 1e-5 are good to about 1e-10.
        assertThat(w - after.get(name)[i])
            .as("%s[%d]", name, i)
            .isCloseTo((losses[0] - losses[1]) / 2e-5, within(1e-8));
      }
    }
  }

  private static float[] labels(Table table) {
    int[] labels = table.labels().orElseThrow();
    float[] floats = new float[labels.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = labels[i];
    }
    return floats;
  }

  /** Learns which Gaussian is which in a moment. */
  @Test
  void samplesOfAClassAreWhereTheClassIs() {
    Table data = Toy.eightGaussians().draw(4, 4000);
    Field field = Mlp.of(2, 48, 2, Activation.SILU).on(Condition.classes(8));
    var options =
        new TrainingOptions(
            500, 256, 0.98, 1, Optimizer.Adam.standard(), 5e-3, new Schedule.Cosine(), 1);
    var set = TrainingSet.of(data.values(), data.rows()).on(labels(data), 0.1);
    try (Backend cpu = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
        var trainer = new Trainer(cpu, FlowMatching.of(field, new Icfm(0.1)), options, set)) {
      trainer.advance(500);
      FlowModel model = trainer.model();
      var sampling = new SamplingOptions(Solver.of(Tableau.MIDPOINT, 20), 9);
      for (int mode : new int[] {0, 3}) {
        double[] centre = {5 * Math.cos(Math.PI / 4 * mode), 5 * Math.sin(Math.PI / 4 * mode)};
        for (double w : new double[] {1, 1.5}) {
          float[] samples = model.given(Conditions.of(mode).guided(w)).sample(cpu, sampling, 200);
          // Within 1.9, half the way to the next, of its centre: 3.4 deviations of the data.
          assertThat(near(samples, centre, 1.9)).as("mode %d, w %s", mode, w).isGreaterThan(190);
        }
      }
      float[] all = model.sample(cpu, sampling, 800);
      assertThat(near(all, new double[] {5, 0}, 1.9)).isBetween(40, 200);
    }
  }

  private static int near(float[] points, double[] centre, double distance) {
    int count = 0;
    for (int i = 0; i < points.length; i += 2) {
      count += Math.hypot(points[i] - centre[0], points[i + 1] - centre[1]) < distance ? 1 : 0;
    }
    return count;
  }
}
