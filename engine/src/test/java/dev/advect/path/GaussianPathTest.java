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
    double h = 1e-5;
    for (double time : new double[] {1e-3, 0.1, 0.37, 0.5, 0.8, 0.98}) {
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
      assertThat(path.baseStd()).isEqualTo(1);
    } else {
      assertThat(std).isCloseTo(path.baseStd(), within(1e-4));
    }
    assertThat(evaluate(s.xt(), 0)[0]).isCloseTo(mean[0] + std * EPS[0], within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void hasAFiniteTargetAtEveryTrainingTime(GaussianPath path) {
    PathSample s = path.sample(t, x0, x1, eps);
    for (double time : new double[] {0, path.lastTime()}) {
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
