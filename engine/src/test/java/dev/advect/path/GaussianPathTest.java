package dev.advect.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GaussianPathTest {
  private static final double[] X0 = {0.3, -1.2};
  private static final double[] X1 = {2, 0.5};
  private static final double[] EPS = {-0.7, 1.4};
  private static final Slice ONE = Slice.batch(1, 0);

  static Stream<GaussianPath> paths() {
    return Stream.of(
        new Icfm(0),
        new Icfm(0.1),
        new ConditionalOt(0),
        new ConditionalOt(0.1),
        new Cosine(0),
        new Cosine(0.25),
        VariancePreserving.standard(),
        new VarianceExploding(0.01, 5),
        new SchroedingerBridge(1),
        new SchroedingerBridge(0.5),
        new Custom("t*x1", "1-(1-0.01)*t"),
        new Custom("t^2*x1 + (1-t^2)*x0", "0.5*sqrt(1+t)*(1-t)"));
  }

  private final Trace g = new Trace();
  private final Value t = g.input("t", ValueType.sample());
  private final Value x0 = g.input("x0", ValueType.sample(2));
  private final Value x1 = g.input("x1", ValueType.sample(2));
  private final Value eps = g.input("eps", ValueType.sample(2));

  private double[] evaluate(Value v, double time) {
    var inputs = Map.of("t", new double[] {time}, "x0", X0, "x1", X1, "eps", EPS);
    return Interpreter.evaluate(List.of(v), inputs, ONE, 0).get(v);
  }

  @ParameterizedTest
  @MethodSource("paths")
  void velocityIsTheChangeOfThePoint(GaussianPath path) {
    PathSample s = path.sample(t, x0, x1, eps);
    for (double time : new double[] {1e-3, 0.1, 0.37, 0.5, 0.8, 0.98}) {
      // A bridge's derivatives grow like powers of 1/t and 1/(1-t).
      double h = 2e-5 * Math.min(time, 1 - time);
      double[] above = evaluate(s.xt(), time + h);
      double[] below = evaluate(s.xt(), time - h);
      double[] velocity = evaluate(s.velocity(), time);
      for (int i = 0; i < 2; i++) {
        assertThat(velocity[i])
            .as("at t = %s", time)
            .isCloseTo(
                (above[i] - below[i]) / (2 * h), within(1e-6 * Math.max(1, Math.abs(velocity[i]))));
      }
    }
    assertThat(s.velocity().type()).isEqualTo(ValueType.sample(2));
    assertThat(s.xt().type()).isEqualTo(ValueType.sample(2));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void endsAtTheData(GaussianPath path) {
    PathSample s = path.sample(t, x0, x1, eps);
    double left = evaluate(path.std(t), 1)[0];
    double[] end = evaluate(s.xt(), 1);
    for (int i = 0; i < 2; i++) {
      assertThat(end[i]).isCloseTo(X1[i] + left * EPS[i], within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void beginsAtTheSource(GaussianPath path) {
    PathSample s = path.sample(t, x0, x1, eps);
    double std = evaluate(path.std(t), 0)[0];
    double[] mean = evaluate(path.mean(t, x0, x1), 0);
    if (path.usesSource()) {
      assertThat(mean).containsExactly(X0, within(1e-12));
      assertThat(path.baseStd()).isEqualTo(path instanceof Custom ? Math.hypot(1, std) : 1);
    } else {
      assertThat(std).isCloseTo(path.baseStd(), within(1e-4));
    }
    assertThat(evaluate(s.xt(), 0)[0]).isCloseTo(mean[0] + std * EPS[0], within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void hasAFiniteTargetAtEveryTrainingTime(GaussianPath path) {
    PathSample s = path.sample(t, x0, x1, eps);
    for (double time : new double[] {path.times().first(), path.times().last()}) {
      assertThat(Arrays.stream(evaluate(s.velocity(), time))).allMatch(Double::isFinite);
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void comesBackFromItsDescription(GaussianPath path) {
    assertThat(GaussianPath.fromJson(path.json())).isEqualTo(path);
  }

  @Test
  void targetsAreThoseOfThePapers() {
    double[] icfm = evaluate(new Icfm(0.1).sample(t, x0, x1, eps).velocity(), 0.3);
    double[] ot = evaluate(new ConditionalOt(0.1).sample(t, x0, x1, eps).velocity(), 0.3);
    for (int i = 0; i < 2; i++) {
      assertThat(icfm[i]).isCloseTo(X1[i] - X0[i], within(1e-12));
      assertThat(ot[i]).isCloseTo(X1[i] - 0.9 * EPS[i], within(1e-6));
    }
    // Lipman et al., equation 21, by division: u = (x1 - (1 - s) x) / (1 - (1 - s) t).
    double[] xt = evaluate(new ConditionalOt(0.1).sample(t, x0, x1, eps).xt(), 0.3);
    assertThat(ot[0]).isCloseTo((X1[0] - 0.9 * xt[0]) / (1 - 0.9 * 0.3), within(1e-6));
    // Equation 19: the variance-preserving velocity as a function of x.
    double[] vp = evaluate(VariancePreserving.standard().sample(t, x0, x1, eps).velocity(), 0.4);
    double[] at = evaluate(VariancePreserving.standard().sample(t, x0, x1, eps).xt(), 0.4);
    double s = 0.6;
    double integral = 0.1 * s + 0.5 * 19.9 * s * s;
    double rate = 0.1 + 19.9 * s;
    double expected =
        -0.5
            * rate
            * (Math.exp(-integral) * at[0] - Math.exp(-0.5 * integral) * X1[0])
            / (1 - Math.exp(-integral));
    assertThat(vp[0]).isCloseTo(expected, within(1e-5));
  }

  @Test
  void theLinearPathWithoutNoiseIsAStraightLine() {
    PathSample s = new Icfm(0).sample(t, x0, x1, eps);
    assertThat(evaluate(s.xt(), 0.25)[0]).isCloseTo(0.75 * 0.3 + 0.25 * 2, within(1e-12));
    assertThat(new Icfm(0.1).usesSource()).isTrue();
    assertThat(new ConditionalOt(0.1).usesSource()).isFalse();
  }

  /** Tong et al., equation 15, by division: u = (1-2t)/(2t(1-t)) (x - mean) + x1 - x0. */
  @Test
  void theBridgeMovesAsInThePaper() {
    PathSample s = new SchroedingerBridge(0.7).sample(t, x0, x1, eps);
    double[] xt = evaluate(s.xt(), 0.3);
    double[] velocity = evaluate(s.velocity(), 0.3);
    for (int i = 0; i < 2; i++) {
      double mean = 0.7 * X0[i] + 0.3 * X1[i];
      double expected = (1 - 0.6) / (2 * 0.3 * 0.7) * (xt[i] - mean) + X1[i] - X0[i];
      assertThat(xt[i]).isCloseTo(mean + 0.7 * Math.sqrt(0.21) * EPS[i], within(1e-6));
      assertThat(velocity[i]).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void aPathMayBeGivenAsFunctions() {
    FunctionPath mine =
        GaussianPath.of("mine", (t, _, x1) -> t.square().times(x1), t -> t.times(-0.98).plus(1));
    double[] x = evaluate(mine.sample(t, x0, x1, eps).xt(), 0.5);
    double[] v = evaluate(mine.sample(t, x0, x1, eps).velocity(), 0.5);
    assertThat(x[0]).isCloseTo(0.25 * 2 - 0.51 * 0.7, within(1e-7));
    assertThat(v[0]).isCloseTo(2 + 0.98 * 0.7, within(1e-6));
    assertThat(mine.usesSource()).isFalse();
    assertThat(mine.withBaseStd(2).withTimes(new TimeInterval(0, 0.9)).baseStd()).isEqualTo(2);
    assertThatThrownBy(() -> GaussianPath.fromJson(mine.json()))
        .isInstanceOf(AdvectException.class)
        .hasMessage("the path 'mine' was given as functions, which no file can hold");
    assertThatThrownBy(() -> mine.withTimes(new TimeInterval(0.5, 1.5)))
        .isInstanceOf(AdvectException.class)
        .hasMessage("the times from 0.5 to 1.5 are no interval in [0, 1]");
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> new Icfm(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new Icfm(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new ConditionalOt(1.5)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> new VarianceExploding(0, 1)).hasMessageContaining("0.0 and 1.0");
    assertThatThrownBy(() -> new VariancePreserving(3, 2)).hasMessageContaining("3.0 and 2.0");
    assertThatThrownBy(() -> GaussianPath.fromJson("{\"kind\": \"spiral\"}"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no path of the kind 'spiral'");
  }
}
