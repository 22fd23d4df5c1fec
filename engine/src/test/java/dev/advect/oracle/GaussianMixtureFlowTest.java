package dev.advect.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle is itself checked: against the continuity equation and its own definition. */
class GaussianMixtureFlowTest {
  private static final double[][] POINTS = {{0, 0}, {-1, 2}, {2.5, 0.3}, {-0.4, -1.7}};

  static Stream<GaussianMixtureFlow> flows() {
    var plane = GaussianMixtureFlow.plane();
    return Stream.of(
            new Interpolant.Linear(0.015625, 0.5),
            new Interpolant.Trigonometric(0.0625),
            new Interpolant.ConditionalOt(0.125),
            new Interpolant.VariancePreserving(0.125, 8),
            new Interpolant.VarianceExploding(0.125, 4))
        .map(interpolant -> new GaussianMixtureFlow(plane.source(), plane.data(), interpolant));
  }

  @ParameterizedTest
  @MethodSource("flows")
  void graphAndLoopsAgree(GaussianMixtureFlow flow) {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    Value v = flow.velocity(x, t);
    Value s = flow.score(x, t);
    Value l = flow.logDensity(x, t);
    double[] xs = Numbers.normal(1, 14);
    double[] ts = {0, 0.2, 0.31, 0.5, 0.77, 0.9, 1};
    var values =
        Interpreter.evaluate(List.of(v, s, l), Map.of("x", xs, "t", ts), Slice.batch(7, 0), 0);
    for (int i = 0; i < 7; i++) {
      double[] at = {xs[2 * i], xs[2 * i + 1]};
      // The graph's constants are floats, and the velocity of VP and VE is up to 30.
      assertRow(values.get(v), i, flow.velocity(at, ts[i]), 1e-5);
      assertRow(values.get(s), i, flow.score(at, ts[i]), 1e-5);
      assertRow(values.get(l), i, new double[] {flow.logDensity(at, ts[i])}, 1e-5);
    }
  }

  private static void assertRow(double[] rows, int i, double[] expected, double tolerance) {
    for (int k = 0; k < expected.length; k++) {
      assertThat(rows[i * expected.length + k])
          .isCloseTo(expected[k], within(tolerance * Math.max(1, Math.abs(expected[k]))));
    }
  }

  @ParameterizedTest
  @MethodSource("flows")
  void scoreIsTheSlopeOfTheLogDensity(GaussianMixtureFlow flow) {
    double h = 1e-5;
    for (double[] x : POINTS) {
      double[] score = flow.score(x, 0.37);
      for (int i = 0; i < 2; i++) {
        double slope =
            (flow.logDensity(moved(x, i, h), 0.37) - flow.logDensity(moved(x, i, -h), 0.37))
                / (2 * h);
        assertThat(score[i]).isCloseTo(slope, within(1e-8));
      }
    }
  }

  /** d/dt log p + v . score + div v = 0. */
  @ParameterizedTest
  @MethodSource("flows")
  void velocityCarriesTheDensity(GaussianMixtureFlow flow) {
    double h = 1e-5;
    for (double t : new double[] {0.1, 0.37, 0.8}) {
      for (double[] x : POINTS) {
        double change = (flow.logDensity(x, t + h) - flow.logDensity(x, t - h)) / (2 * h);
        double[] v = flow.velocity(x, t);
        double[] score = flow.score(x, t);
        double residual = change;
        for (int i = 0; i < 2; i++) {
          residual += v[i] * score[i];
          residual +=
              (flow.velocity(moved(x, i, h), t)[i] - flow.velocity(moved(x, i, -h), t)[i])
                  / (2 * h);
        }
        assertThat(residual).isCloseTo(0, within(1e-7));
      }
    }
  }

  @Test
  void samplesHaveTheMomentsOfTheMixture() {
    Mixture mixture = GaussianMixtureFlow.planeData();
    int n = 20_000;
    double[] rows = mixture.samples(3, n);
    assertThat(mixture.sample(3, 5)).containsExactly(rows[10], rows[11]);
    double mean = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      mean += rows[2 * i] / n;
      square += rows[2 * i] * rows[2 * i] / n;
    }
    // Standard errors: 0.013 and 0.015.
    assertThat(mean).isCloseTo(0.625 * 2 - 0.375 * 1.5, within(0.05));
    assertThat(square).isCloseTo(0.625 * (4 + 0.25) + 0.375 * (2.25 + 0.5), within(0.06));
  }

  @Test
  void refusesWhatIsNoMixture() {
    assertThatThrownBy(
            () -> new Mixture(new double[] {0.5}, new double[][] {{1}}, new double[] {1}))
        .hasMessage("the weights add up to 0.5, not 1");
    assertThatThrownBy(() -> Mixture.gaussian(new double[] {1}, -1))
        .hasMessage("component 0 has weight 1.0 and variance -1.0");
    var plane = GaussianMixtureFlow.planeData();
    assertThatThrownBy(
            () ->
                new GaussianMixtureFlow(
                    Mixture.standardNormal(3), plane, new Interpolant.Linear(0, 0)))
        .hasMessage("a source of dimension 3 and data of dimension 2");
  }

  private static double[] moved(double[] x, int i, double h) {
    double[] y = x.clone();
    y[i] += h;
    return y;
  }
}
