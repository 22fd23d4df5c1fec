package dev.advect.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GaussianFlowTest {
  private static final double[] X = {0.75, -1.5, 0.25};

  static Stream<GaussianFlow> flows() {
    return Stream.of(
            new Interpolant.Linear(0.0625, 0.5),
            new Interpolant.Trigonometric(0),
            new Interpolant.ConditionalOt(0.125),
            new Interpolant.VariancePreserving(0.125, 8),
            new Interpolant.VarianceExploding(0.125, 4))
        .map(
            interpolant ->
                new GaussianFlow(
                    new double[] {0, 0.5, -1},
                    new double[] {1, 0.5, 2},
                    new double[] {1, -0.5, 2},
                    new double[] {0.25, 1, 0.5},
                    interpolant));
  }

  @ParameterizedTest
  @MethodSource("flows")
  void graphAndLoopsAgree(GaussianFlow flow) {
    var g = new Trace();
    Value v = flow.velocity(g.input("x", ValueType.sample(3)), g.input("t", ValueType.sample()));
    for (double t : new double[] {0, 0.3, 0.8, 1}) {
      var inputs = Map.of("x", X, "t", new double[] {t});
      double[] value = Interpreter.evaluate(List.of(v), inputs, Slice.batch(1, 0), 0).get(v);
      double[] expected = flow.velocity(X, t);
      for (int k = 0; k < 3; k++) {
        assertThat(value[k])
            .isCloseTo(expected[k], within(1e-6 * Math.max(1, Math.abs(expected[k]))));
      }
    }
  }

  /** The trajectory's derivative is the velocity; log p falls along it by the divergence. */
  @ParameterizedTest
  @MethodSource("flows")
  void trajectoriesSolveTheirEquations(GaussianFlow flow) {
    double h = 1e-5;
    for (double t : new double[] {0.2, 0.5, 0.9}) {
      double[] x = flow.flow(X, 0.5, t);
      double[] above = flow.flow(x, t, t + h);
      double[] below = flow.flow(x, t, t - h);
      double[] v = flow.velocity(x, t);
      for (int k = 0; k < 3; k++) {
        assertThat((above[k] - below[k]) / (2 * h)).isCloseTo(v[k], within(1e-7));
      }
      double change = (flow.logDensity(above, t + h) - flow.logDensity(below, t - h)) / (2 * h);
      assertThat(change).isCloseTo(-flow.divergence(t), within(1e-7));
    }
  }
}
