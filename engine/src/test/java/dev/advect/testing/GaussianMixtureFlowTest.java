package dev.advect.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The oracle is itself checked: against the continuity equation and its own definition. */
class GaussianMixtureFlowTest {
  private static final double[][] POINTS = {{0, 0}, {-1, 2}, {2.5, 0.3}, {-0.4, -1.7}};

  private final GaussianMixtureFlow flow = GaussianMixtureFlow.plane();

  @Test
  void graphAndLoopsAgree() {
    var g = new Trace();
    Value v = flow.velocity(g.input("x", ValueType.sample(2)), g.input("t", ValueType.sample()));
    double[] x = Numbers.normal(1, 14);
    double[] t = {0, 0.2, 0.31, 0.5, 0.77, 0.9, 1};
    double[] values =
        Interpreter.evaluate(List.of(v), Map.of("x", x, "t", t), Slice.batch(7, 0), 0).get(v);
    for (int s = 0; s < 7; s++) {
      double[] expected = flow.velocity(new double[] {x[2 * s], x[2 * s + 1]}, t[s]);
      assertThat(values[2 * s]).isCloseTo(expected[0], within(1e-6));
      assertThat(values[2 * s + 1]).isCloseTo(expected[1], within(1e-6));
    }
  }

  @Test
  void scoreIsTheSlopeOfTheLogDensity() {
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
  @Test
  void velocityCarriesTheDensity() {
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

  private static double[] moved(double[] x, int i, double h) {
    double[] y = x.clone();
    y[i] += h;
    return y;
  }
}
