package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.coupling.Coupling;
import dev.advect.data.Normalizer;
import dev.advect.file.Tensor;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Field;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.oracle.Mixture;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.Custom;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.path.SchroedingerBridge;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Fields that predict the velocity, the data, the noise or the score. */
@Tag("device")
class PredictionTest {
  private static final Mlp MLP = Mlp.of(2, 4, 1, Activation.SELU);

  /** Every kind of path. */
  static List<GaussianPath> paths() {
    return List.of(
        new Icfm(0.1),
        new Icfm(0),
        new ConditionalOt(0.01),
        new ConditionalOt(0),
        new Cosine(0),
        VariancePreserving.standard(),
        new VarianceExploding(0.01, 5),
        new SchroedingerBridge(1),
        new Custom("t*x1", "sqrt(1-t^2)"));
  }

  private static FlowModel model(Flow flow) {
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(flow.field()).values(), 6, 0.6)
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    return new FlowModel(flow, weights, Normalizer.none(), Optional.empty(), 0, 0);
  }

  /** A field without weights, for which the truth is known. */
  record Known(String name, BinaryOperator<Value> output) implements Field {
    @Override
    public int dim() {
      return 2;
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      return output.apply(x, t);
    }

    @Override
    public String json() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void oneStepOfEverySolverGivesFiniteNumbers(GaussianPath path) {
    try (Backend backend = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend()) {
      for (Prediction prediction : Prediction.values()) {
        FlowModel model = model(Flow.along(path, MLP).predicting(prediction));
        for (Tableau method : Tableau.ALL) {
          var options = new SamplingOptions(Solver.of(method, 1), 3);
          for (float x : model.sample(backend, options, 3)) {
            assertThat(x).as("%s %s %s", path, prediction, method.name()).isFinite();
          }
        }
        double[] scores =
            model
                .logLikelihood(backend, new float[] {1, 2}, Solver.euler(1), Divergence.exact(), 0)
                .logDensity();
        assertThat(scores[0]).as("%s %s", path, prediction).isFinite();
      }
    }
  }

  /** The same law as four fields: the same samples. */
  @Test
  void fieldsThatKnowTheSameLawMakeTheSameSamples() {
    var path = new ConditionalOt(0.25);
    var flow =
        GaussianMixtureFlow.fromNoise(
            new Interpolant.ConditionalOt(0.25), GaussianMixtureFlow.planeData());
    Schedule schedule = Schedule.of(path);
    var backend = new InterpreterBackend();
    var options = new SamplingOptions(Solver.of(Tableau.MIDPOINT, 200), 1);
    float[] expected = null;
    for (Prediction prediction : Prediction.values()) {
      BinaryOperator<Value> output =
          (x, t) ->
              switch (prediction) {
                case VELOCITY -> flow.velocity(x, t);
                case SCORE -> flow.score(x, t);
                case X1, NOISE ->
                    schedule.convert(Prediction.SCORE, prediction, flow.score(x, t), x, t);
              };
      Field field = new Known(prediction.toString(), output);
      FlowModel model = model(Flow.along(path, field).predicting(prediction));
      float[] samples = model.sample(backend, options, 20);
      expected = expected == null ? samples : expected;
      // Conversions at t = 0 take their coefficients at 0.001, for one step of 0.005.
      for (int i = 0; i < samples.length; i++) {
        assertThat(samples[i]).as(prediction.toString()).isCloseTo(expected[i], within(5e-4f));
      }
    }
  }

  /** With all weights 0 the loss is the mean square of what is to be predicted. */
  @ParameterizedTest
  @EnumSource(Prediction.class)
  void theLossIsThatOfThePrediction(Prediction prediction) {
    var path = new ConditionalOt(0.5);
    var backend = new InterpreterBackend();
    float[] data = {2, 2};
    Mlp affine = new Mlp(2, List.of(), Activation.SELU, TimeFeatures.CONCAT);
    FlowMatching matching = FlowMatching.of(affine, path).predicting(prediction);
    var options = TrainingOptions.standard().withBatch(4000).withSteps(1);
    try (var trainer = new Trainer(backend, matching, options, data, 1)) {
      var state = trainer.state();
      var tensors = new LinkedHashMap<>(state.tensors());
      tensors.replaceAll(
          (_, w) ->
              Tensor.f32(
                  new float[w.floats().length], w.shape().stream().mapToLong(i -> i).toArray()));
      trainer.restore(new TrainingState(0, 0, tensors));
      double loss = trainer.advance(1);
      // E|x1 - 0.5 eps|^2, E|x1|^2, E|eps|^2, E|eps|^2 a dimension; 8000 normals: 5 s.d. of 1.6%.
      double expected =
          switch (prediction) {
            case VELOCITY -> 4.25;
            case X1 -> 4;
            case NOISE, SCORE -> 1;
          };
      assertThat(loss).isCloseTo(expected, within(0.08 * expected));
      assertThat(trainer.model().flow().prediction()).isEqualTo(prediction);
    }
  }

  @Test
  void theScoreOfAModelIsThatOfItsLaw() {
    var path = new Icfm(0.25);
    var law =
        GaussianMixtureFlow.fromNoise(
            new Interpolant.Linear(0.0625, 0), GaussianMixtureFlow.planeData());
    FlowModel model = model(Flow.along(path, new Known("law", law::velocity)));
    var backend = new InterpreterBackend();
    float[] rows = {0.5f, -1, 1.25f, 0.75f};
    float[] scores = model.scoreAt(backend, rows, 0.4);
    float[] velocities = model.velocityAt(backend, rows, 0.4);
    for (int row = 0; row < 2; row++) {
      double[] x = {rows[2 * row], rows[2 * row + 1]};
      for (int i = 0; i < 2; i++) {
        assertThat(scores[2 * row + i]).isCloseTo((float) law.score(x, 0.4)[i], within(1e-5f));
        assertThat(velocities[2 * row + i])
            .isCloseTo((float) law.velocity(x, 0.4)[i], within(1e-5f));
      }
    }
    assertThatThrownBy(() -> model.velocityAt(backend, rows, 1.5))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no time t = 1.5");
    assertThatThrownBy(() -> model.scoreAt(backend, rows, Double.NaN))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no time t = NaN");
  }

  @Test
  void whatACouplingLeavesUndeterminedIsRefused() {
    Coupling coupled =
        new Coupling() {
          @Override
          public Pair pair(Value data) {
            return Coupling.independent().pair(data);
          }

          @Override
          public String json() {
            return "{\"kind\": \"together\"}";
          }
        };
    FlowMatching matching = FlowMatching.of(MLP, new Icfm(0)).withCoupling(coupled);
    assertThat(matching.predicting(Prediction.X1).flow().independent()).isFalse();
    for (Prediction prediction : List.of(Prediction.NOISE, Prediction.SCORE)) {
      assertThatThrownBy(() -> matching.predicting(prediction))
          .isInstanceOf(AdvectException.class)
          .hasMessageContaining("noise that is coupled to the data");
    }
    FlowMatching noisy = FlowMatching.of(MLP, new Icfm(0.1)).withCoupling(coupled);
    assertThatThrownBy(() -> noisy.predicting(Prediction.X1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("source and noise of the path cannot be told apart");
    FlowModel model = model(noisy.flow());
    assertThatThrownBy(() -> model.scoreAt(new InterpreterBackend(), new float[2], 0.5))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("does not determine the score");
  }

  @Test
  void aFileKeepsWhatTheFieldPredicts(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    model(Flow.along(new Icfm(0), MLP).predicting(Prediction.X1).coupled()).save(file, Map.of());
    Flow flow = FlowModel.load(file).flow();
    assertThat(flow.prediction()).isEqualTo(Prediction.X1);
    assertThat(flow.independent()).isFalse();
  }

  /** On another schedule the way is another, the end the same, the closer the finer the steps. */
  @Test
  void anotherScheduleLeadsToTheSameSamples() {
    var law =
        GaussianMixtureFlow.fromNoise(
            new Interpolant.Linear(0, 0),
            new Mixture(
                new double[] {0.5, 0.5},
                new double[][] {{2, 1}, {-1.5, -2}},
                new double[] {0.25, 0.5}));
    FlowModel model = model(Flow.along(new Icfm(0), new Known("law", law::velocity)));
    var backend = new InterpreterBackend();
    float[] reference =
        model.sample(backend, new SamplingOptions(Solver.of(Tableau.RK4, 100), 4), 8);
    for (GaussianPath other : List.of(new Cosine(0), new ConditionalOt(0))) {
      double coarse = largestDifference(reference, run(model.on(other), backend, 25));
      double fine = largestDifference(reference, run(model.on(other), backend, 100));
      assertThat(fine).as(other.toString()).isLessThan(0.15 * coarse).isLessThan(5e-3);
    }
    // This one begins with 0.66% of signal, which the reference has not.
    double vp =
        largestDifference(reference, run(model.on(VariancePreserving.standard()), backend, 400));
    assertThat(vp).isLessThan(0.05);
  }

  private static float[] run(FlowModel model, Backend backend, int steps) {
    return model.sample(backend, new SamplingOptions(Solver.of(Tableau.MIDPOINT, steps), 4), 8);
  }

  private static double largestDifference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  @Test
  void aScheduleCannotBeSavedOrTakenFromNothing(@TempDir Path folder) {
    FlowModel model = model(Flow.along(new Icfm(0), MLP));
    assertThatThrownBy(() -> model.on(new Custom("x1*t^2 + x1^2*t*(1-t)", "1-t")))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("not linear");
    assertThatThrownBy(() -> model(Flow.free(MLP)).on(new Cosine(0)))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("has no path");
    assertThatThrownBy(() -> model.on(new Cosine(0)).save(folder.resolve("x"), Map.of()))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
