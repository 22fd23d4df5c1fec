package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.data.Toy;
import dev.advect.graph.Graph;
import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("device")
class MaximumLikelihoodTest {
  private static final int ROWS = 5;
  private static final Mlp MLP = Mlp.of(2, 4, 2, Activation.TANH);
  private static final float[] DATA = Numbers.normalFloats(5, 2 * ROWS);
  private static final Slice SLICE = new Slice(0, 6, 6, 2);

  /** The mean loss of a batch in double, for weights by name. */
  private static double loss(MaximumLikelihood objective, Map<String, double[]> in) {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value data = g.input("data", ValueType.shared(ROWS, 2));
    Loss loss = objective.loss(parameters, TrainingRows.of(data));
    Graph graph =
        Graph.of(
            "loss",
            Map.of("loss", loss.value().meanSamples()),
            loss.loops().toArray(Repeat[]::new));
    return Interpreter.run(graph, in, SLICE, 3).results().get("loss")[0];
  }

  private static Map<String, double[]> inputs(Mlp mlp, double scale) {
    Map<String, double[]> in = new HashMap<>(Numbers.like(Parameters.of(mlp).values(), 7, scale));
    in.put("data", Numbers.doubles(DATA));
    return in;
  }

  @ParameterizedTest
  @ValueSource(strings = {"euler", "midpoint", "heun", "rk4", "rk4-38"})
  void theGradientIsThatOfTheDiscreteLoss(String method) {
    for (Divergence divergence : List.of(Divergence.exact(), Divergence.hutchinson(2))) {
      var objective =
          new MaximumLikelihood(MLP, divergence, Solver.of(Tableau.of(method), 3), 0.125, 0.25);
      var step = TrainingStep.of(objective, plain(), ROWS);
      Map<String, double[]> in = inputs(MLP, 0.7);
      in.put(TrainingStep.LEARNING_RATE, new double[] {1});
      in.put(TrainingStep.LOSS_SUM, new double[1]);
      var outcome = Interpreter.run(step.graph(), in, SLICE, 3);
      assertThat(outcome.results().get("loss")[0]).isCloseTo(loss(objective, in), within(1e-12));
      for (String name : step.parameters().values().keySet()) {
        double[] weights = in.get(name);
        for (int i = 0; i < weights.length; i += 3) {
          double gradient = weights[i] - outcome.updates().get(name)[i];
          // Central differences with h = 1e-5 are good to about 1e-10.
          assertThat(gradient)
              .as("%s[%d]", name, i)
              .isCloseTo(slope(objective, in, name, i), within(1e-8));
        }
      }
    }
  }

  private static double slope(
      MaximumLikelihood objective, Map<String, double[]> in, String name, int i) {
    double h = 1e-5;
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      var moved = new HashMap<>(in);
      double[] weights = in.get(name).clone();
      weights[i] += side == 0 ? h : -h;
      moved.put(name, weights);
      losses[side] = loss(objective, moved);
    }
    return (losses[0] - losses[1]) / (2 * h);
  }

  /** Gradient descent, so that an update is minus the gradient. */
  private static TrainingOptions plain() {
    return new TrainingOptions(10, 6, 0, 3, new Optimizer.Sgd(0, 0), 1, new Schedule.Constant(), 0);
  }

  @Test
  void theLossIsTheNegativeLogDensityThatTheModelReports() {
    var objective = MaximumLikelihood.of(MLP, Divergence.exact(), Solver.of(Tableau.HEUN, 7));
    var backend = new InterpreterBackend();
    // One row only, so that every sample draws it.
    float[] row = {0.5f, -1.25f};
    try (var trainer = new Trainer(backend, objective, plain(), row, 1)) {
      FlowModel before = trainer.model();
      double loss = trainer.advance(1);
      Scores scores =
          before.logLikelihood(backend, row, Solver.of(Tableau.HEUN, 7), Divergence.exact(), 0);
      assertThat(loss).isCloseTo(-scores.logDensity()[0] / 2, within(1e-6));
      assertThat(before.flow().path()).isEmpty();
    }
  }

  /**
   * For v = a x the Jacobian is a I, and |v|^2 integrates to a |x|^2 (1 - e^(-2a)) / 2; the weights
   * of a step are floats, good to 6e-8.
   */
  @Test
  void penaltiesAreTheIntegralsTheyClaimToBe() {
    var mlp = new Mlp(2, List.of(), Activation.TANH, TimeFeatures.CONCAT);
    double a = 0.75;
    Map<String, double[]> in = new HashMap<>();
    in.put("field.layers.0.weight", new double[] {a, 0, 0, 0, a, 0});
    in.put("field.layers.0.bias", new double[2]);
    double[] data = new double[2 * ROWS];
    for (int i = 0; i < data.length; i += 2) {
      data[i] = 0.5;
      data[i + 1] = -2;
    }
    in.put("data", data);
    double bare = loss(linear(mlp, 0, 0), in);
    double squares = 0.25 + 4;
    assertThat(loss(linear(mlp, 0.5, 0), in) - bare)
        .isCloseTo(0.5 * a * squares * -Math.expm1(-2 * a) / 2 / 2, within(1e-7));
    assertThat(loss(linear(mlp, 0, 0.5), in) - bare).isCloseTo(0.5 * a * a * 2 / 2, within(1e-7));
    double x0 = squares * Math.exp(-2 * a);
    assertThat(bare).isCloseTo((x0 / 2 + Math.log(2 * Math.PI) + 2 * a) / 2, within(1e-7));
  }

  private static MaximumLikelihood linear(Mlp mlp, double kinetic, double jacobian) {
    return new MaximumLikelihood(
        mlp, Divergence.exact(), Solver.of(Tableau.RK4, 50), kinetic, jacobian);
  }

  @Test
  void aStepOnTheCpuIsThatOfTheInterpreter() {
    var objective =
        new MaximumLikelihood(
            MLP, Divergence.hutchinson(2), Solver.of(Tableau.MIDPOINT, 5), 0.125, 0.25);
    var options = plain().withBatch(70);
    var weights = new ArrayList<Map<String, float[]>>();
    var backends =
        List.of(
            new InterpreterBackend(),
            Backends.open(TestDevice.NAME, BackendOptions.standard().withThreads(2)).backend(),
            Backends.open(TestDevice.NAME, BackendOptions.standard().withThreads(1).withTile(32))
                .backend());
    for (Backend backend : backends) {
      try (backend;
          var trainer = new Trainer(backend, objective, options, DATA, ROWS)) {
        trainer.advance(2);
        weights.add(trainer.model().weights());
      }
    }
    weights
        .getFirst()
        .forEach(
            (name, wanted) -> {
              assertThat(weights.get(1).get(name)).as(name).isEqualTo(weights.get(2).get(name));
              for (int i = 0; i < wanted.length; i++) {
                assertThat(weights.get(1).get(name)[i])
                    .as("%s[%d]", name, i)
                    .isCloseTo(wanted[i], within(1e-5f));
              }
            });
  }

  /** The entropy of the Gaussian is 2.4274 nats: no density has a smaller expected loss. */
  @Test
  void learnsAGaussian() {
    var field = new Mlp(2, List.of(8), Activation.TANH, TimeFeatures.CONCAT);
    var objective = MaximumLikelihood.of(field, Divergence.exact(), Solver.of(Tableau.RK4, 4));
    var options =
        new TrainingOptions(
            300, 128, 0, 1, Optimizer.Adam.standard(), 0.03, new Schedule.Cosine(), 0);
    float[] rows = Toy.gaussian().draw(1, 4000).values();
    try (var cpu = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
        var trainer = new Trainer(cpu, objective, options, rows, 4000)) {
      trainer.advance(300);
      float[] fresh = Toy.gaussian().rows(1, 4000, 4000).values();
      Scores scores =
          trainer
              .model()
              .logLikelihood(cpu, fresh, Solver.of(Tableau.RK4, 20), Divergence.exact(), 0);
      // The error of the mean of 4000 is 1/sqrt(4000) = 0.016 nats.
      assertThat(scores.meanNegativeLogLikelihood()).isBetween(2.4274 - 0.05, 2.4274 + 0.1);
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(
            () ->
                new MaximumLikelihood(
                    MLP, Divergence.exact(), Solver.of(Tableau.RK4, 10_001), 0, 0))
        .hasMessageContaining("at most 10000 steps, not 10001");
    assertThatThrownBy(
            () -> new MaximumLikelihood(MLP, Divergence.exact(), Solver.of(Tableau.RK4, 4), -1, 0))
        .hasMessageContaining("kinetic must be finite and not negative, not -1.0");
  }
}
