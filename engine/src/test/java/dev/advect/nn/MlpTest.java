package dev.advect.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlpTest {
  private static final int BATCH = 4;

  @ParameterizedTest
  @CsvSource({"SELU, CONCAT", "SILU, FOURIER", "GELU, CONCAT", "TANH, FOURIER", "SOFTPLUS, CONCAT"})
  void computesWhatPlainLoopsCompute(Activation activation, TimeFeatures time) {
    var mlp = new Mlp(3, List.of(5, 7), activation, time);
    var g = new Trace();
    var parameters = new Parameters(g);
    Value v =
        mlp.velocity(
            parameters, g.input("x", ValueType.sample(3)), g.input("t", ValueType.sample()));
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 1, 0.5));
    inputs.put("x", Numbers.normal(2, BATCH * 3));
    inputs.put("t", new double[] {0, 0.25, 0.7, 1});
    double[] values = Interpreter.evaluate(List.of(v), inputs, Slice.batch(BATCH, 0), 0).get(v);
    var plain = new PlainMlp(mlp, inputs);
    for (int s = 0; s < BATCH; s++) {
      double[] x = Arrays.copyOfRange(inputs.get("x"), 3 * s, 3 * s + 3);
      assertThat(Arrays.copyOfRange(values, 3 * s, 3 * s + 3))
          .containsExactly(plain.velocity(x, inputs.get("t")[s]), within(2e-6));
    }
  }

  @Test
  void namesItsParametersAsPyTorchLaysThemOut() {
    var values = Parameters.of(new Mlp(2, List.of(5, 7), Activation.SELU, TimeFeatures.CONCAT));
    assertThat(values.values().keySet())
        .containsExactly(
            "field.layers.0.weight",
            "field.layers.0.bias",
            "field.layers.1.weight",
            "field.layers.1.bias",
            "field.layers.2.weight",
            "field.layers.2.bias");
    assertThat(values.values().values())
        .extracting(v -> v.type().toString())
        .containsExactly(
            "shared[5, 3]", "shared[5]", "shared[7, 5]", "shared[7]", "shared[2, 7]", "shared[2]");
    assertThat(values.count()).isEqualTo(15 + 5 + 35 + 7 + 14 + 2);
  }

  @Test
  void isInitialisedLikePyTorchsLinear() {
    var parameters = Parameters.of(Mlp.of(3, 400, 1, Activation.SELU));
    float[] first = parameters.initial(7).get("field.layers.0.weight");
    float[] second = parameters.initial(7).get("field.layers.1.weight");
    assertThat(Arrays.stream(Numbers.doubles(first))).allMatch(w -> Math.abs(w) <= 0.5);
    assertThat(Arrays.stream(Numbers.doubles(second))).allMatch(w -> Math.abs(w) <= 0.05);
    // A uniform on (-1/2, 1/2] has the variance 1/12; 1600 draws know it to about 2 %.
    assertThat(Arrays.stream(Numbers.doubles(first)).map(w -> w * w).average().orElseThrow())
        .isCloseTo(1 / 12.0, within(0.008));
    assertThat(Arrays.stream(Numbers.doubles(first)).average().orElseThrow())
        .isCloseTo(0, within(0.03));
  }

  @Test
  void initialValuesDependOnSeedAndNameOnly() {
    var shallow = Parameters.of(Mlp.of(3, 8, 1, Activation.SELU));
    var deep = Parameters.of(Mlp.of(3, 8, 2, Activation.TANH));
    String name = "field.layers.0.bias";
    assertThat(shallow.initial(1).get(name)).isEqualTo(deep.initial(1).get(name));
    assertThat(shallow.initial(1).get(name)).isNotEqualTo(shallow.initial(2).get(name));
    assertThat(shallow.initial(1).get(name))
        .isNotEqualTo(shallow.initial(1).get("field.layers.0.weight"));
  }

  @Test
  void comesBackFromItsDescription() {
    var mlp = new Mlp(64, List.of(512, 256), Activation.SILU, TimeFeatures.FOURIER);
    assertThat(mlp.json())
        .isEqualTo(
            "{\"kind\": \"mlp\", \"dim\": 64, \"hidden\": [512, 256], \"activation\": \"silu\","
                + " \"time\": \"fourier\"}");
    assertThat(Field.fromJson(mlp.json())).isEqualTo(mlp);
  }

  @Test
  void refusesDescriptionsItDoesNotUnderstand() {
    assertThatThrownBy(() -> Field.fromJson("{\"kind\": \"unet\"}"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no field of the kind 'unet'");
    assertThatThrownBy(() -> Field.fromJson("{\"kind\": \"mlp\", \"dim\": 2}"))
        .isInstanceOf(AdvectException.class);
    assertThatThrownBy(() -> new Mlp(0, List.of(), Activation.SELU, TimeFeatures.CONCAT))
        .hasMessage("the dimension must be at least 1, not 0");
    assertThatThrownBy(() -> new Mlp(1, List.of(3, 0), Activation.SELU, TimeFeatures.CONCAT))
        .hasMessageContaining("[3, 0]");
  }

  @Test
  void aParameterHasOneType() {
    var parameters = new Parameters(new Trace());
    Value w = parameters.in("a").get("w", 4, 2, 2);
    assertThat(parameters.in("a").get("w", 4, 2, 2)).isSameAs(w);
    assertThatThrownBy(() -> parameters.get("a.w", 4, 4))
        .hasMessage("parameter field.a.w is shared[2, 2] and is asked for as shared[4]");
  }

  @Test
  void aParameterCanBeginAsAConstant() {
    var parameters = new Parameters(new Trace(), "norm");
    parameters.get("gain", new Initial.Constant(1), 3);
    assertThat(parameters.initial(5).get("norm.gain")).containsExactly(1, 1, 1);
  }
}
