package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.coupling.Coupling;
import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Field;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.path.ConditionalOt;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import dev.advect.testing.CentralDifferences;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingStepTest {
  private static final int BATCH = 5;
  private static final int ROWS = 7;
  private static final long SEED = 33;

  static Stream<GaussianPath> paths() {
    return Stream.of(new Icfm(0.1), new ConditionalOt(0.1));
  }

  private static TrainingOptions options(Optimizer optimizer, double ema, double clip) {
    return new TrainingOptions(
        10, BATCH, ema, SEED, optimizer, 0.01, new Schedule.Constant(), clip);
  }

  private static Map<String, double[]> inputs(TrainingStep step) {
    Map<String, double[]> inputs = new HashMap<>(Numbers.doubles(step.initial(SEED)));
    inputs.put(TrainingStep.DATA, Numbers.normal(4, ROWS * 2));
    inputs.put(TrainingStep.LEARNING_RATE, new double[] {0.01});
    inputs.put(TrainingStep.LOSS_SUM, new double[] {10});
    return inputs;
  }

  /** The loss in plain loops, with the draws of the engine. */
  private static double plainLoss(
      Mlp mlp, GaussianPath path, Map<String, double[]> inputs, Slice slice) {
    var plain = new PlainMlp(mlp, inputs);
    double loss = 0;
    for (int s = 0; s < slice.count(); s++) {
      double t = draw(Distribution.UNIFORM, 0, Purpose.TIME, slice, s, 0);
      int row = (int) draw(Distribution.INDEX, ROWS, Purpose.DATA_INDEX, slice, s, 0);
      double[] xt = new double[2];
      double[] target = new double[2];
      for (int i = 0; i < 2; i++) {
        double x1 = inputs.get(TrainingStep.DATA)[2 * row + i];
        double x0 = draw(Distribution.NORMAL, 0, Purpose.SOURCE, slice, s, i);
        double eps = draw(Distribution.NORMAL, 0, Purpose.PATH_NOISE, slice, s, i);
        if (path instanceof Icfm(double sigma)) {
          xt[i] = (1 - t) * x0 + t * x1 + sigma * eps;
          target[i] = x1 - x0;
        } else {
          xt[i] = t * x1 + (1 - 0.9 * t) * eps;
          target[i] = x1 - 0.9 * eps;
        }
      }
      double[] v = plain.velocity(xt, t);
      for (int i = 0; i < 2; i++) {
        loss += (v[i] - target[i]) * (v[i] - target[i]) / 2 / slice.of();
      }
    }
    return loss;
  }

  private static double draw(
      Distribution law, int bound, int purpose, Slice slice, int sample, int element) {
    return Laws.element(law, bound, SEED, purpose, slice.step(), slice.first() + sample, element);
  }

  @ParameterizedTest
  @MethodSource("paths")
  void lossIsThatOfPlainLoops(GaussianPath path) {
    Mlp mlp = Mlp.of(2, 6, 2, Activation.SELU);
    var step = TrainingStep.of(FlowMatching.of(mlp, path), options(sgd(), 0, 0), ROWS);
    Map<String, double[]> inputs = inputs(step);
    for (long n : new long[] {0, 3}) {
      var slice = Slice.batch(BATCH, n);
      var outcome = Interpreter.run(step.graph(), inputs, slice, SEED);
      double expected = plainLoss(mlp, path, inputs, slice);
      assertThat(outcome.results().get(TrainingStep.LOSS)[0]).isCloseTo(expected, within(1e-6));
      assertThat(outcome.updates().get(TrainingStep.LOSS_SUM)[0])
          .isCloseTo(10 + expected, within(1e-6));
    }
  }

  private static Optimizer sgd() {
    return new Optimizer.Sgd(0, 0);
  }

  /** With plain gradient descent the change of the weights is the gradient itself. */
  @ParameterizedTest
  @MethodSource("paths")
  void weightsMoveByTheGradientOfTheLoss(GaussianPath path) {
    Mlp mlp = Mlp.of(2, 4, 2, Activation.SILU);
    var step = TrainingStep.of(FlowMatching.of(mlp, path), options(sgd(), 0, 0), ROWS);
    Map<String, double[]> inputs = inputs(step);
    var slice = Slice.batch(BATCH, 2);
    var outcome = Interpreter.run(step.graph(), inputs, slice, SEED);
    int compared = 0;
    for (String name : step.parameters().values().keySet()) {
      double[] gradient =
          CentralDifferences.gradient(
              moved -> plainLoss(mlp, path, moved, slice), inputs, name, 1e-5);
      double[] before = inputs.get(name);
      double[] after = outcome.updates().get(name);
      for (int i = 0; i < gradient.length; i++) {
        assertThat((before[i] - after[i]) / 0.01).isCloseTo(gradient[i], within(1e-6));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(16 + 20 + 10);
  }

  @Test
  void slicesOfABatchAddUpToItsGradient() {
    Mlp mlp = Mlp.of(2, 4, 1, Activation.SELU);
    var g = new Trace();
    var parameters = new Parameters(g);
    Value data = g.input("data", ValueType.shared(ROWS, 2));
    Value loss =
        FlowMatching.of(mlp, new Icfm(0.1))
            .loss(parameters, TrainingRows.of(data))
            .value()
            .meanSamples();
    List<Value> gradients = Autodiff.gradient(loss, List.copyOf(parameters.values().values()));
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 3, 0.5));
    inputs.put("data", Numbers.normal(4, ROWS * 2));
    var whole = Interpreter.evaluate(gradients, inputs, Slice.batch(8, 5), SEED);
    var first = Interpreter.evaluate(gradients, inputs, new Slice(0, 3, 8, 5), SEED);
    var second = Interpreter.evaluate(gradients, inputs, new Slice(3, 5, 8, 5), SEED);
    for (Value gradient : gradients) {
      for (int i = 0; i < gradient.size(); i++) {
        assertThat(first.get(gradient)[i] + second.get(gradient)[i])
            .isCloseTo(whole.get(gradient)[i], within(1e-12));
      }
    }
  }

  @Test
  void clippedGradientsHaveTheNormThatWasAsked() {
    Mlp mlp = Mlp.of(2, 4, 1, Activation.SELU);
    var step = TrainingStep.of(FlowMatching.of(mlp, new Icfm(0)), options(sgd(), 0, 0.125), ROWS);
    Map<String, double[]> inputs = inputs(step);
    var updates = Interpreter.run(step.graph(), inputs, Slice.batch(BATCH, 0), SEED).updates();
    double squares = 0;
    for (String name : step.parameters().values().keySet()) {
      for (int i = 0; i < inputs.get(name).length; i++) {
        squares += Math.pow((inputs.get(name)[i] - updates.get(name)[i]) / 0.01, 2);
      }
    }
    assertThat(Math.sqrt(squares)).isCloseTo(0.125, within(1e-6));
  }

  @Test
  void stateNamesWhatACheckpointKeeps() {
    Mlp mlp = Mlp.of(2, 4, 0, Activation.SELU);
    var step =
        TrainingStep.of(
            FlowMatching.of(mlp, new Icfm(0.1)), options(Optimizer.Adam.standard(), 0.9, 1), ROWS);
    assertThat(step.state().keySet())
        .containsExactly(
            "field.layers.0.weight",
            "optimizer.m.field.layers.0.weight",
            "optimizer.v.field.layers.0.weight",
            "field.layers.0.bias",
            "optimizer.m.field.layers.0.bias",
            "optimizer.v.field.layers.0.bias",
            "ema.field.layers.0.weight",
            "ema.field.layers.0.bias");
    var initial = step.initial(1);
    assertThat(initial.keySet()).containsExactlyElementsOf(step.state().keySet());
    assertThat(initial.get("ema.field.layers.0.weight"))
        .isEqualTo(initial.get("field.layers.0.weight"))
        .isNotSameAs(initial.get("field.layers.0.weight"));
    assertThat(initial.get("optimizer.v.field.layers.0.bias")).containsOnly(0);
  }

  @Test
  void theAverageFollowsTheUpdatedWeights() {
    Mlp mlp = Mlp.of(2, 4, 0, Activation.SELU);
    var step = TrainingStep.of(FlowMatching.of(mlp, new Icfm(0.1)), options(sgd(), 0.999, 0), ROWS);
    Map<String, double[]> inputs = inputs(step);
    var updates = Interpreter.run(step.graph(), inputs, Slice.batch(BATCH, 0), SEED).updates();
    String name = "field.layers.0.weight";
    for (int i = 0; i < inputs.get(name).length; i++) {
      double expected = 2.0 / 11 * inputs.get(name)[i] + 9.0 / 11 * updates.get(name)[i];
      assertThat(updates.get("ema." + name)[i]).isCloseTo(expected, within(1e-12));
    }
  }

  /**
   * The theorem of flow matching: what the loss leads to is E[u_t | x_t], here in closed form. So
   * the residual v - u_t is orthogonal to every function of (x_t, t).
   */
  @Test
  void theMarginalVelocityLeavesNothingToLearn() {
    double[][] points = {{1, 0.5}, {-0.5, 2}, {0.25, -1.5}};
    var flow = GaussianMixtureFlow.toPoints(points, 0.25);
    var field = new Oracle(flow);
    var g = new Trace();
    Value shift = g.input("shift", ValueType.shared(4));
    int batch = 40_000;
    // The slopes of the loss along perturbations of the field, at no perturbation.
    Field perturbed = new Perturbed(field, shift);
    Value data = g.input("data", ValueType.shared(3, 2));
    Value loss =
        FlowMatching.of(perturbed, new Icfm(0.25))
            .loss(new Parameters(g), TrainingRows.of(data))
            .value();
    Value slope = Autodiff.gradient(loss.meanSamples(), List.of(shift)).getFirst();
    double[] table = {1, 0.5, -0.5, 2, 0.25, -1.5};
    Map<String, double[]> inputs = Map.of("shift", new double[4], "data", table);
    var roots = new ArrayList<>(List.of(slope));
    double[] slopes = Interpreter.evaluate(roots, inputs, Slice.batch(batch, 0), SEED).get(slope);
    for (double s : slopes) {
      assertThat(s).isCloseTo(0, within(0.05)); // standard errors are about 0.01
    }
    // And the test can fail: a field that is off by a constant has a slope.
    double[] off =
        Interpreter.evaluate(
                roots,
                Map.of("shift", new double[] {0.5, 0, 0, 0}, "data", table),
                Slice.batch(batch, 0),
                SEED)
            .get(slope);
    assertThat(off[0]).isCloseTo(0.5, within(0.05));
  }

  private record Oracle(GaussianMixtureFlow flow) implements Field {
    @Override
    public int dim() {
      return flow.dim();
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      return flow.velocity(x, t);
    }

    @Override
    public String json() {
      return "{\"kind\": \"oracle\"}";
    }
  }

  /** v + s_0 (1, 0) + s_1 x + s_2 t (0, 1) + s_3 sin(3 x). */
  private record Perturbed(Field field, Value shift) implements Field {
    @Override
    public int dim() {
      return field.dim();
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      Trace g = x.trace();
      Value first = g.iota(0, 2).equal(g.constant(0, ValueType.shared(2)));
      Value v = field.velocity(parameters, x, t);
      v = v.plus(first.times(part(0)));
      v = v.plus(x.times(part(1)));
      v = v.plus(g.iota(0, 2).times(part(2)).times(t.stretch(List.of(2))));
      return v.plus(x.times(3).sin().times(part(3)));
    }

    private Value part(int i) {
      return shift.slice(0, i, i + 1).reshape();
    }

    @Override
    public String json() {
      return field.json();
    }
  }

  @Test
  void aPathWithoutASourceRefusesACouplingOfSources() {
    var coupling =
        new Coupling() {
          @Override
          public Pair pair(Value data) {
            throw new AssertionError("not asked");
          }

          @Override
          public String json() {
            return "{\"kind\": \"other\"}";
          }
        };
    Mlp mlp = Mlp.of(2, 4, 1, Activation.SELU);
    assertThatThrownBy(() -> FlowMatching.of(mlp, new ConditionalOt(0)).withCoupling(coupling))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("ignores the source points");
    assertThat(FlowMatching.of(mlp, new Icfm(0)).withCoupling(coupling).coupling())
        .isSameAs(coupling);
  }

  @Test
  void optionsRefuseWhatMakesNoSense() {
    var good = TrainingOptions.standard();
    assertThat(good.withSteps(5).withBatch(6).withSeed(7))
        .extracting(TrainingOptions::steps, TrainingOptions::batch, TrainingOptions::seed)
        .containsExactly(5L, 6, 7L);
    assertThatThrownBy(() -> good.withSteps(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> good.withBatch(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> options(sgd(), 1, 0)).hasMessageContaining("emaDecay");
    assertThatThrownBy(() -> options(sgd(), 0, -1)).hasMessageContaining("clip");
  }
}
