package dev.advect.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.CentralDifferences;
import dev.advect.testing.PlainMlp;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
  private static final double[] POINTS = {-60, -8, -2.5, -1, -1e-3, 1e-3, 0.3, 1, 4, 60};

  private final Trace g = new Trace();
  private final Value x = g.input("x", ValueType.sample());
  private final Slice slice = Slice.batch(POINTS.length, 0);

  @ParameterizedTest
  @EnumSource
  void isTheFunctionItIsNamedAfter(Activation activation) {
    Value y = activation.apply(x);
    double[] values = Interpreter.evaluate(List.of(y), Map.of("x", POINTS), slice, 0).get(y);
    for (int i = 0; i < POINTS.length; i++) {
      double expected = PlainMlp.activation(activation, POINTS[i]);
      assertThat(values[i]).isCloseTo(expected, within(1e-6 * (1e-3 + Math.abs(expected))));
    }
    assertThat(y.type()).isEqualTo(x.type());
  }

  @ParameterizedTest
  @EnumSource
  void hasTheDerivativeOfItsValues(Activation activation) {
    int compared =
        CentralDifferences.check(
            activation.apply(x), List.of(x), Map.of("x", POINTS), slice, 0, 1e-7);
    assertThat(compared).isEqualTo(POINTS.length);
  }

  @ParameterizedTest
  @EnumSource
  void hasFiniteDerivativesWhereExponentialsOverflow(Activation activation) {
    double[] far = {-1e4, -100, 0, 100, 1e4};
    Value first = Autodiff.gradient(activation.apply(x), List.of(x)).getFirst();
    Value second = Autodiff.gradient(first, List.of(x)).getFirst();
    var values =
        Interpreter.evaluate(
            List.of(first, second), Map.of("x", far), Slice.batch(far.length, 0), 0);
    assertThat(values.get(first)).doesNotContain(Double.NaN);
    assertThat(values.get(second)).doesNotContain(Double.NaN);
    assertThat(values.get(first)[4])
        .isCloseTo(
            switch (activation) {
              case SELU -> 1.0507009873554805;
              case TANH -> 0;
              case SILU, GELU, SOFTPLUS, RELU, ELU -> 1;
            },
            within(1e-6));
  }

  @Test
  void reluIsFlatAtZeroAsInPyTorch() {
    Value slope = Autodiff.gradient(Activation.RELU.apply(x), List.of(x)).getFirst();
    var values =
        Interpreter.evaluate(List.of(slope), Map.of("x", new double[] {0}), Slice.batch(1, 0), 0);
    assertThat(values.get(slope)).containsExactly(0);
  }

  @Test
  void isFoundByItsName() {
    for (Activation a : Activation.values()) {
      assertThat(Activation.of(a.toString())).isSameAs(a);
    }
    assertThatThrownBy(() -> Activation.of("selo"))
        .isInstanceOfSatisfying(
            AdvectException.class,
            e -> assertThat(e.hint()).contains("selu, silu, gelu, tanh, softplus, relu, elu"))
        .hasMessage("there is no activation 'selo'");
  }
}
