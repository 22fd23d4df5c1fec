package dev.advect.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.solve.AdaptiveStep;
import dev.advect.solve.Solve;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

class LikelihoodTest {
  private static final double[] POINTS = {0.4, -0.3, 1.7, 0.2, -1, -1.6, 2.2, 1.1};
  private static final int ROWS = 4;

  private static Map<String, double[]> run(Scored scored, Map<String, double[]> inputs, int rows) {
    var results = new LinkedHashMap<String, Value>();
    results.put("logDensity", scored.logDensity());
    results.put("x", scored.x());
    var graph = Graph.of("l", results, scored.solution().loop());
    return Interpreter.run(graph, inputs, Slice.batch(rows, 0), 17).results();
  }

  /** The log-densities of the points under a flow in the plane. */
  private static double[] score(
      BinaryOperator<Value> velocity, Divergence divergence, Tableau method, int steps) {
    var g = new Trace();
    var likelihood = new Likelihood(velocity, divergence, 1);
    Scored scored = likelihood.score(g.input("x", ValueType.sample(2)), method, steps);
    return run(scored, Map.of("x", POINTS), ROWS).get("logDensity");
  }

  /**
   * The velocity of x_t = (1 - t) x0 + t x1 for x0 of N(0, 1), x1 of N(b, s^2) in each dimension: b
   * + (s^2 t - (1 - t)) / var (x - b t) with var = (1 - t)^2 + s^2 t^2.
   */
  private static Value toGaussian(Value x, Value t) {
    double s2 = 0.25;
    double b = 0.5;
    Value u = t.neg().plus(1);
    Value variance = u.square().plus(t.square().times(s2));
    Value rate = t.times(s2).minus(u).over(variance).stretch(x.dims());
    return x.minus(t.times(b).stretch(x.dims())).times(rate).plus(b);
  }

  private static double gaussianLogDensity(int row) {
    double l = -Math.log(2 * Math.PI * 0.25);
    for (int i = 0; i < 2; i++) {
      double z = POINTS[2 * row + i] - 0.5;
      l -= z * z / (2 * 0.25);
    }
    return l;
  }

  @Test
  void reverseEulerApproachesTheGaussianWithItsStep() {
    double[] errors = new double[3];
    for (int i = 0; i < 3; i++) {
      double[] l = score(LikelihoodTest::toGaussian, Divergence.exact(), Tableau.EULER, 100 << i);
      for (int row = 0; row < ROWS; row++) {
        errors[i] = Math.max(errors[i], Math.abs(l[row] - gaussianLogDensity(row)));
      }
    }
    assertThat(errors[0]).isBetween(1e-3, 1.0);
    assertThat(errors[0] / errors[1]).isCloseTo(2, within(0.15));
    assertThat(errors[1] / errors[2]).isCloseTo(2, within(0.1));
  }

  @Test
  void rk4ReachesTheGaussian() {
    double[] l = score(LikelihoodTest::toGaussian, Divergence.exact(), Tableau.RK4, 50);
    for (int row = 0; row < ROWS; row++) {
      assertThat(l[row]).isCloseTo(gaussianLogDensity(row), within(1e-5));
    }
  }

  /** Each sample by steps of its own; the log-density is solved along and not measured. */
  @Test
  void dopri5ReachesTheGaussian() {
    var step = new AdaptiveStep(Solver.dopri5(1e-6, 1e-6), Solve.Direction.BACKWARD, 1);
    var likelihood = new Likelihood(LikelihoodTest::toGaussian, Divergence.exact(), 1);
    var g = new Trace();
    List<Value> begin = likelihood.fromData(g.input("x", ValueType.sample(2)));
    Value t = g.input("t", ValueType.sample());
    var start = step.start(begin, t, likelihood.dynamics(Optional.empty()));
    var slice = Slice.batch(ROWS, 0);
    var at = new HashMap<>(Map.of("x", POINTS, "t", new double[] {1, 1, 1, 1}));
    at.putAll(Interpreter.run(Graph.of("start", start), at, slice, 0).results());
    var a = new Trace();
    var carried = step.inputs(a, begin.stream().map(Value::type).toList());
    Value target = a.input("target", ValueType.shared());
    var next = step.attempt(carried, target, likelihood.dynamics(Optional.empty()));
    at.put("target", new double[] {0});
    while (Arrays.stream(at.get(AdaptiveStep.STATUS)).anyMatch(s -> s == AdaptiveStep.GOING)) {
      at.putAll(Interpreter.run(Graph.of("attempt", next), at, slice, 0).results());
    }
    assertThat(at.get(AdaptiveStep.STATUS)).containsOnly(AdaptiveStep.ARRIVED);
    double[] x0 = at.get(AdaptiveStep.state(0));
    for (int row = 0; row < ROWS; row++) {
      double z = x0[2 * row] * x0[2 * row] + x0[2 * row + 1] * x0[2 * row + 1];
      double l = -z / 2 - Math.log(2 * Math.PI) - at.get(AdaptiveStep.state(1))[row];
      // Ten steps with errors of 1e-6 in x, and what they do to the log-density.
      assertThat(l).isCloseTo(gaussianLogDensity(row), within(1e-4));
    }
  }

  @Test
  void oneProbeIsExactForAnIsotropicField() {
    double[] exact = score(LikelihoodTest::toGaussian, Divergence.exact(), Tableau.EULER, 20);
    double[] probed =
        score(LikelihoodTest::toGaussian, Divergence.hutchinson(1), Tableau.EULER, 20);
    assertThat(probed).containsExactly(exact, within(1e-12));
  }

  @Test
  void theMixtureHasTheDensityOfItsClosedForm() {
    // A source of one standard normal, as p_0 is; the data are a mixture.
    var flow =
        GaussianMixtureFlow.fromNoise(
            new Interpolant.Linear(0, 0), GaussianMixtureFlow.planeData());
    double[] l = score(flow::velocity, Divergence.exact(), Tableau.RK4, 100);
    double[] coarse = score(flow::velocity, Divergence.exact(), Tableau.EULER, 200);
    double[] fine = score(flow::velocity, Divergence.exact(), Tableau.EULER, 400);
    for (int row = 0; row < ROWS; row++) {
      double truth = flow.logDensity(Arrays.copyOfRange(POINTS, 2 * row, 2 * row + 2), 1);
      assertThat(l[row]).isCloseTo(truth, within(1e-4));
      assertThat((coarse[row] - truth) / (fine[row] - truth)).isCloseTo(2, within(0.3));
    }
  }

  @Test
  void probesScatterAroundTheExactValue() {
    var flow = GaussianMixtureFlow.plane();
    int probes = 64;
    double[] exact = score(flow::velocity, Divergence.exact(), Tableau.EULER, 20);
    double[] probed = score(flow::velocity, Divergence.hutchinson(probes), Tableau.EULER, 20);
    double[] floats = new double[ROWS * probes];
    System.arraycopy(probed, 0, floats, 0, floats.length);
    Scores scores = Scores.of(Numbers.floats(floats), probes, false, 0);
    for (int row = 0; row < ROWS; row++) {
      assertThat(scores.standardError()[row]).isPositive().isLessThan(2);
      assertThat(scores.logDensity()[row])
          .isCloseTo(exact[row], within(4.5 * scores.standardError()[row]));
    }
  }

  /** The definition in the class comment, in plain loops. */
  @Test
  void reverseEulerIsExactlyItsDefinition() {
    var mlp = new Mlp(2, List.of(6, 6), Activation.SELU, TimeFeatures.CONCAT);
    var g = new Trace();
    var parameters = new Parameters(g);
    var likelihood =
        new Likelihood((x, t) -> mlp.velocity(parameters, x, t), Divergence.exact(), 1);
    int steps = 7;
    Scored scored = likelihood.score(g.input("x", ValueType.sample(2)), Tableau.EULER, steps);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 2, 0.5));
    inputs.put("x", POINTS);
    var results = run(scored, inputs, ROWS);
    var plain = new PlainMlp(mlp, inputs);
    double h = 1.0 / steps;
    for (int row = 0; row < ROWS; row++) {
      double[] x = Arrays.copyOfRange(POINTS, 2 * row, 2 * row + 2);
      double l = 0;
      for (int k = steps; k >= 1; k--) {
        double t = k * h;
        l += h * plain.divergence(x, t);
        double[] v = plain.velocity(x, t);
        for (int i = 0; i < 2; i++) {
          x[i] -= h * v[i];
        }
      }
      double logP0 = -0.5 * (x[0] * x[0] + x[1] * x[1]) - Math.log(2 * Math.PI);
      assertThat(results.get("logDensity")[row]).isCloseTo(logP0 - l, within(5e-6));
      assertThat(Arrays.copyOfRange(results.get("x"), 2 * row, 2 * row + 2))
          .containsExactly(x, within(2e-6));
    }
  }

  @Test
  void samplesCarryTheLogDensityThatScoringGivesThem() {
    var g = new Trace();
    var likelihood = new Likelihood(LikelihoodTest::toGaussian, Divergence.exact(), 1);
    Scored drawn = likelihood.sample(g.input("x", ValueType.sample(2)), Tableau.RK4, 40);
    var forward = run(drawn, Map.of("x", POINTS), ROWS);
    var back = new Trace();
    Scored scored = likelihood.score(back.input("x", ValueType.sample(2)), Tableau.RK4, 40);
    var backward = run(scored, Map.of("x", forward.get("x")), ROWS);
    assertThat(backward.get("logDensity")).containsExactly(forward.get("logDensity"), within(1e-5));
    assertThat(backward.get("x")).containsExactly(POINTS, within(1e-5));
  }

  @Test
  void theBaseMayBeWider() {
    var g = new Trace();
    var likelihood = new Likelihood((x, t) -> x.trace().zeros(x.type()), Divergence.exact(), 3);
    Scored scored = likelihood.score(g.input("x", ValueType.sample(2)), Tableau.EULER, 1);
    double[] l = run(scored, Map.of("x", POINTS), ROWS).get("logDensity");
    double expected = -(0.16 + 0.09) / 18 - Math.log(2 * Math.PI * 9);
    assertThat(l[0]).isCloseTo(expected, within(1e-6));
  }

  @Test
  void scoresSummariseTheirRows() {
    Scores scores = Scores.of(new float[] {1, 3, 5, 5}, 2, false, -1);
    assertThat(scores.logDensity()).containsExactly(1, 4);
    assertThat(scores.standardError()).containsExactly(1, 0);
    assertThat(scores.meanNegativeLogLikelihood()).isEqualTo(-2.5);
    assertThat(scores.standardErrorOfMean()).isEqualTo(1.5);
    assertThat(Scores.of(new float[] {2}, 1, true, 0).standardError()).containsExactly(0);
    assertThat(Scores.of(new float[] {2}, 1, false, 0).standardError()[0]).isNaN();
  }
}
