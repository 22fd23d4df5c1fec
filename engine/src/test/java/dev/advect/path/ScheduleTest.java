package dev.advect.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.path.Schedule.Coefficients;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  private static final double[] TIMES = {0.0011, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 0.9989};

  static Stream<GaussianPath> paths() {
    return Stream.of(
        new Icfm(0),
        new Icfm(0.1),
        new ConditionalOt(0),
        new ConditionalOt(0.1),
        new Cosine(0),
        new Cosine(0.25),
        VariancePreserving.standard(),
        new VariancePreserving(0.5, 0.5),
        new VarianceExploding(0.01, 5),
        new SchroedingerBridge(0.5),
        new Custom("t^3*x1", "1-t^3"),
        new Custom("t*x1", "sqrt(1-t^2)"));
  }

  private final Trace g = new Trace();
  private final Value t = g.input("t", ValueType.sample());
  private final Value x = g.input("x", ValueType.sample(2));
  private final Value y = g.input("y", ValueType.sample(2));

  private Map<Value, double[]> evaluate(List<Value> values, double[] times) {
    Map<String, double[]> inputs = new HashMap<>();
    inputs.put("t", times);
    inputs.put("x", Numbers.normal(1, 2 * times.length));
    inputs.put("y", Numbers.normal(2, 2 * times.length));
    return Interpreter.evaluate(values, inputs, Slice.batch(times.length, 0), 0);
  }

  /** From the formulas of the papers at t = 0.3 (VP: b = 0.1, B = 20), by another program. */
  @ParameterizedTest
  @CsvSource({
    "ot, 0.3, 0.7, 1, -1",
    "icfm, 0.3, 0.7, 1, -1",
    "cosine, 0.45399049973954675, 0.8910065241883679, 1.3995897828887387, -0.7131266062064134",
    "vp, 0.08435257018282653, 0.9964359707997054, 0.591733279832528, -0.05009275505833858",
    "ve, 1, 0.7749594937741684, 0, -4.816069545958109",
    "poly, 0.027, 0.973, 0.27, -0.27",
    "linear vp, 0.3, 0.9539392014169456, 1, -0.31448545101657555"
  })
  void coefficientsAreThoseOfThePapers(
      String kind, double alpha, double sigma, double alphaRate, double sigmaRate) {
    GaussianPath path =
        switch (kind) {
          case "ot" -> new ConditionalOt(0);
          case "icfm" -> new Icfm(0);
          case "cosine" -> new Cosine(0);
          case "vp" -> VariancePreserving.standard();
          case "ve" -> new VarianceExploding(0.01, 5);
          case "poly" -> new Custom("t^3*x1", "1-t^3");
          default -> new Custom("t*x1", "sqrt(1-t^2)");
        };
    Coefficients c = Schedule.of(path).at(t);
    var values =
        evaluate(List.of(c.alpha(), c.sigma(), c.alphaRate(), c.sigmaRate()), new double[] {0.3});
    // Constants are floats: 6e-8 of each.
    assertThat(values.get(c.alpha())[0]).isCloseTo(alpha, within(1e-6));
    assertThat(values.get(c.sigma())[0]).isCloseTo(sigma, within(1e-6));
    assertThat(values.get(c.alphaRate())[0]).isCloseTo(alphaRate, within(1e-6));
    assertThat(values.get(c.sigmaRate())[0]).isCloseTo(sigmaRate, within(2e-6));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void theTimeOfARatioIsTheTimeItCameFrom(GaussianPath path) {
    Schedule schedule = Schedule.of(path);
    Value back = schedule.time(schedule.alpha(t), schedule.sigma(t));
    double[] found = evaluate(List.of(back), TIMES).get(back);
    for (int i = 0; i < TIMES.length; i++) {
      assertThat(found[i]).as("%s at %s", path, TIMES[i]).isCloseTo(TIMES[i], within(1e-10));
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void everyRatioHasATimeOfThePath(GaussianPath path) {
    Schedule schedule = Schedule.of(path);
    Value zero = g.zeros(ValueType.sample());
    Value one = g.ones(ValueType.sample());
    Value first = schedule.time(zero, one);
    Value last = schedule.time(one, zero);
    var values = evaluate(List.of(first, last), new double[] {0.5});
    assertThat(values.get(first)[0]).isCloseTo(path.times().first(), within(1e-7));
    assertThat(values.get(last)[0]).isCloseTo(path.times().last(), within(1e-7));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void conversionsGoBothWays(GaussianPath path) {
    Schedule schedule = Schedule.of(path);
    for (Prediction from : Prediction.values()) {
      for (Prediction to : Prediction.values()) {
        Value there = schedule.convert(from, to, y, x, t);
        Value back = schedule.convert(to, from, there, x, t);
        var values = evaluate(List.of(y, back), TIMES);
        for (int i = 0; i < 2 * TIMES.length; i++) {
          double expected = values.get(y)[i];
          assertThat(values.get(back)[i])
              .as("%s from %s to %s at %s", path, from, to, TIMES[i / 2])
              .isCloseTo(expected, within(1e-7));
        }
      }
    }
  }

  /** A point made of x1 and eps, with its velocity, is taken apart into them again. */
  @ParameterizedTest
  @MethodSource("paths")
  void theVelocityOfAPairKnowsThePair(GaussianPath path) {
    Schedule schedule = Schedule.of(path);
    Coefficients c = schedule.at(t);
    Value point = c.alpha().times(x).plus(c.sigma().times(y));
    Value velocity = c.alphaRate().times(x).plus(c.sigmaRate().times(y));
    Value x1 = schedule.convert(Prediction.VELOCITY, Prediction.X1, velocity, point, t);
    Value eps = schedule.convert(Prediction.VELOCITY, Prediction.NOISE, velocity, point, t);
    var values = evaluate(List.of(x, y, x1, eps), TIMES);
    assertThat(values.get(x1)).containsExactly(values.get(x), within(1e-8));
    assertThat(values.get(eps)).containsExactly(values.get(y), within(1e-8));
  }

  /** Source and noise of a path together are one noise of standard deviation 1. */
  @Test
  void theNoiseOfAPathIsStandardNormal() {
    Value source = g.normal(1);
    Value own = g.normal(2);
    for (GaussianPath path : paths().toList()) {
      Value noise = Schedule.of(path).noise(t, source.reshape(1), own.reshape(1));
      double[] times = new double[20_000];
      java.util.Arrays.fill(times, 0.7);
      double square = 0;
      for (double e : evaluate(List.of(noise), times).get(noise)) {
        square += e * e;
      }
      // The mean of 20000 squares has a standard deviation of 0.01.
      assertThat(square / times.length).as(path.toString()).isCloseTo(1, within(0.04));
    }
  }

  // ------------------------------------------------------------------ the oracle

  /** Score, noise, data and velocity of one law, each from each. */
  @Test
  void predictionsOfOneLawAgree() {
    Map<GaussianPath, Interpolant> laws =
        Map.of(
            new Icfm(0.25),
            new Interpolant.Linear(0.0625, 0),
            new Icfm(0),
            new Interpolant.Linear(0, 0),
            new Cosine(0.25),
            new Interpolant.Trigonometric(0.0625),
            new ConditionalOt(0.25),
            new Interpolant.ConditionalOt(0.25),
            VariancePreserving.standard(),
            new Interpolant.VariancePreserving(0.1, 20),
            new VarianceExploding(0.25, 4),
            new Interpolant.VarianceExploding(0.25, 4),
            new SchroedingerBridge(0.5),
            new Interpolant.Linear(0, 0.25));
    laws.forEach(
        (path, interpolant) -> {
          var flow = GaussianMixtureFlow.fromNoise(interpolant, GaussianMixtureFlow.planeData());
          Schedule schedule = Schedule.of(path);
          Value velocity = flow.velocity(x, t);
          Value score = flow.score(x, t);
          Value fromScore = schedule.velocity(Prediction.SCORE, score, x, t);
          Value fromVelocity =
              schedule.convert(Prediction.VELOCITY, Prediction.SCORE, velocity, x, t);
          Value x1 = schedule.convert(Prediction.SCORE, Prediction.X1, score, x, t);
          Value fromX1 = schedule.velocity(Prediction.X1, x1, x, t);
          var values = evaluate(List.of(velocity, score, fromScore, fromVelocity, fromX1), TIMES);
          for (int i = 0; i < 2 * TIMES.length; i++) {
            String where = "%s at %s".formatted(path, TIMES[i / 2]);
            // Coefficients with float constants differ by 1e-7, amplified by 1/alpha or 1/sigma.
            double v = values.get(velocity)[i];
            double s = values.get(score)[i];
            assertThat(values.get(fromScore)[i]).as(where).isCloseTo(v, near(v));
            assertThat(values.get(fromX1)[i]).as(where).isCloseTo(v, near(v));
            assertThat(values.get(fromVelocity)[i]).as(where).isCloseTo(s, near(s));
          }
        });
  }

  private static org.assertj.core.data.Offset<Double> near(double x) {
    return within(2e-4 * Math.max(1, Math.abs(x)));
  }

  /**
   * The probability-flow equation dx/dtau = f - g^2 s / 2 of the diffusion dx = f dtau + g dW in
   * its own clock tau = 1 - t: VP has f = -beta x / 2 and g^2 = beta, VE f = 0 and g^2 = d
   * sigma^2/dtau.
   */
  @Test
  void theProbabilityFlowOfADiffusionIsTheVelocityOfThePath() {
    var vp = Schedule.of(VariancePreserving.standard());
    var ve = Schedule.of(new VarianceExploding(0.01, 5));
    Value ours = vp.velocity(Prediction.SCORE, y, x, t);
    Value wide = ve.velocity(Prediction.SCORE, y, x, t);
    double[] times = {0.05, 0.25, 0.5, 0.75, 0.95};
    var values = evaluate(List.of(x, y, ours, wide), times);
    for (int i = 0; i < 2 * times.length; i++) {
      double tau = 1 - times[i / 2];
      double at = values.get(x)[i];
      double score = values.get(y)[i];
      double beta = 0.1 + tau * 19.9;
      double vpVelocity = -(-beta * at / 2 - beta * score / 2);
      double sigma = 0.01 * Math.pow(500, tau);
      double veVelocity = -(0 - 2 * sigma * sigma * Math.log(500) * score / 2);
      assertThat(values.get(ours)[i]).isCloseTo(vpVelocity, within(1e-5 * (1 + beta)));
      assertThat(values.get(wide)[i]).isCloseTo(veVelocity, within(1e-5 * (1 + sigma * sigma)));
    }
  }

  // ------------------------------------------------------------------ change of schedule

  /** y = alpha x1 + sigma eps moves by alpha' x1 + sigma' eps on whatever schedule. */
  @ParameterizedTest
  @MethodSource("paths")
  void aChangeOfScheduleCommutesWithThePath(GaussianPath path) {
    Schedule from = Schedule.of(path);
    for (GaussianPath other : paths().toList()) {
      Schedule to = Schedule.of(other);
      var change = new ScheduleChange(from, to);
      Coefficients c = to.at(t);
      Value point = c.alpha().times(x).plus(c.sigma().times(y));
      Value expected = c.alphaRate().times(x).plus(c.sigmaRate().times(y));
      // The velocity on the old schedule of the pair (x1, eps) that the old point was made of.
      Value moved =
          change.velocity(
              (_, s) -> {
                Coefficients old = from.at(s);
                return old.alphaRate().times(x).plus(old.sigmaRate().times(y));
              },
              point,
              t);
      Value first = clamped(path.times().first());
      Value last = clamped(path.times().last());
      Value inside = ratio(c.alpha(), c.sigma(), from.alpha(first), from.sigma(first));
      Value before = ratio(from.alpha(last), from.sigma(last), c.alpha(), c.sigma());
      double[] times = {0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99};
      var values = evaluate(List.of(moved, expected, inside, before), times);
      int compared = 0;
      for (int i = 0; i < 2 * times.length; i++) {
        if (values.get(inside)[i / 2] > 1e-5 && values.get(before)[i / 2] > 1e-5) {
          double scale = Math.max(1, Math.abs(values.get(expected)[i]));
          assertThat(values.get(moved)[i])
              .as("%s on %s at %s", path, other, times[i / 2])
              .isCloseTo(values.get(expected)[i], within(1e-9 * scale));
          compared++;
        }
      }
      assertThat(compared).as("%s on %s", path, other).isGreaterThanOrEqualTo(4);
    }
  }

  private Value clamped(double time) {
    return g.constant((float) time, ValueType.sample());
  }

  /** Positive where the first has more signal beside its noise. */
  private static Value ratio(Value alpha, Value sigma, Value otherAlpha, Value otherSigma) {
    return alpha.times(otherSigma).minus(sigma.times(otherAlpha));
  }

  /** Where the old schedule ends in noise, the new one only scales what is left. */
  @Test
  void whatTheOldScheduleDoesNotReachIsScaled() {
    var change =
        new ScheduleChange(Schedule.of(new ConditionalOt(0.1)), Schedule.of(new Cosine(0)));
    Value v = change.velocity((at, _) -> at.times(1e6), x, t);
    var values = evaluate(List.of(x, v), new double[] {0.99, 0.999, 1});
    for (int i = 0; i < 6; i++) {
      double r = new double[] {0.99, 0.999, 1}[i / 2];
      double growth = Math.PI / 2 / Math.tan(Math.PI / 2 * r);
      assertThat(values.get(v)[i]).isCloseTo(values.get(x)[i] * growth, within(1e-6));
    }
  }

  // ------------------------------------------------------------------ refusals

  @Test
  void onlyAffinePathsHaveASchedule() {
    assertThatThrownBy(() -> Schedule.of(new Custom("x1*t + t*(1-t)*x1^2", "1-t")))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("is not linear in x0 and x1");
    assertThatThrownBy(() -> Schedule.of(new Custom("x1*t + 0.01*(1-t)", "1-t")))
        .hasMessageContaining("is not linear");
    Schedule.of(new Custom("x1 - x1*(1-t) + -(-x0)*(1-t)/1", "0"));
  }

  @Test
  void predictionsHaveNames() {
    assertThat(Prediction.of("x1")).isEqualTo(Prediction.X1);
    assertThatThrownBy(() -> Prediction.of("v"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no prediction 'v'");
  }
}
