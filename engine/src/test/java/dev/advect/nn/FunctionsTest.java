package dev.advect.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.CentralDifferences;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionsTest {
  private final Trace g = new Trace();
  private final Value x = g.input("x", ValueType.sample(2, 3));
  private final double[] numbers = {0, 1, 3, -2, 500, 501, 1, 1, 1, -700, -701, -699};

  private double[] evaluate(Value v) {
    return Interpreter.evaluate(List.of(v), Map.of("x", numbers), Slice.batch(2, 0), 0).get(v);
  }

  @Test
  void softmaxSumsToOneAndDoesNotOverflow() {
    double[] p = evaluate(Functions.softmax(x, 1));
    double z = 1 + Math.E + Math.exp(3);
    assertThat(p[0]).isCloseTo(1 / z, within(1e-12));
    assertThat(p[2]).isCloseTo(Math.exp(3) / z, within(1e-12));
    assertThat(p[4]).isCloseTo(1 / (1 + Math.E), within(1e-12));
    for (int row = 0; row < 4; row++) {
      assertThat(p[3 * row] + p[3 * row + 1] + p[3 * row + 2]).isCloseTo(1, within(1e-12));
    }
    double[] columns = evaluate(Functions.softmax(x, 0));
    assertThat(columns[1] + columns[4]).isCloseTo(1, within(1e-12));
  }

  @Test
  void logSumExpIsTheLogOfTheSum() {
    double[] l = evaluate(Functions.logSumExp(x, 1));
    assertThat(l)
        .containsExactly(
            new double[] {
              Math.log(1 + Math.E + Math.exp(3)),
              501 + Math.log1p(Math.exp(-1) + Math.exp(-503)),
              1 + Math.log(3),
              -699 + Math.log1p(Math.exp(-1) + Math.exp(-2))
            },
            within(1e-12));
  }

  @Test
  void normsHaveTheirMoments() {
    double[] layer = evaluate(Functions.layerNorm(x, 1, 0));
    assertThat(layer[0] + layer[1] + layer[2]).isCloseTo(0, within(1e-6));
    assertThat(layer[0] * layer[0] + layer[1] * layer[1] + layer[2] * layer[2])
        .isCloseTo(3, within(1e-6));
    double[] rms = evaluate(Functions.rmsNorm(x, 1, 0));
    assertThat(rms[2]).isCloseTo(3 / Math.sqrt(10.0 / 3), within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"softmax", "logSumExp", "layerNorm", "rmsNorm"})
  void differentiatesAsItsValuesChange(String name) {
    UnaryOperator<Value> f =
        switch (name) {
          case "softmax" -> v -> Functions.softmax(v, 1);
          case "logSumExp" -> v -> Functions.logSumExp(v, 0).repeat(0, 2);
          case "layerNorm" -> v -> Functions.layerNorm(v, 1, 1e-3);
          default -> v -> Functions.rmsNorm(v, 0, 1e-3);
        };
    Value weights = g.input("w", ValueType.shared(2, 3));
    Value y = f.apply(x).times(weights).sum();
    Map<String, double[]> inputs = Map.of("x", Numbers.normal(3, 12), "w", Numbers.normal(4, 6));
    int compared =
        CentralDifferences.check(y, List.of(x, weights), inputs, Slice.batch(2, 0), 0, 1e-7);
    assertThat(compared).isEqualTo(18);
  }

  @Test
  void linearActsOnTheLastAxis() {
    var parameters = new Parameters(g);
    Value y = Functions.linear(parameters.in("l"), x, 2);
    assertThat(y.dims()).containsExactly(2, 2);
    double[] values =
        Interpreter.evaluate(
                List.of(y),
                Map.of(
                    "x", new double[] {1, 2, 3, 4, 5, 6},
                    "field.l.weight", new double[] {1, 0, -1, 2, 1, 0},
                    "field.l.bias", new double[] {10, 20}),
                Slice.batch(1, 0),
                0)
            .get(y);
    assertThat(values).containsExactly(8, 24, 8, 33);
  }
}
