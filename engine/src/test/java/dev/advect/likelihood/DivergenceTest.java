package dev.advect.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import dev.advect.testing.CentralDifferences;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DivergenceTest {
  private static final long SEED = 21;

  private final Trace g = new Trace();
  private final Value x = g.input("x", ValueType.sample(3));
  private final Value t = g.input("t", ValueType.sample());
  private final Value matrix = g.input("A", ValueType.shared(3, 3));
  private final double[] a = {1, -2, 0.5, 3, -0.25, 1.5, 0, 2, 4};

  private double[] evaluate(Value v, Map<String, double[]> inputs, Slice slice) {
    return Interpreter.evaluate(List.of(v), inputs, slice, SEED).get(v);
  }

  @Test
  void exactIsTheTraceOfALinearField() {
    Value div = Divergence.exact().of(x.dot("i", matrix, "oi", "o"), x);
    assertThat(div.type()).isEqualTo(ValueType.sample(1));
    double[] values = evaluate(div, Map.of("x", Numbers.normal(1, 6), "A", a), Slice.batch(2, 0));
    assertThat(values).containsExactly(4.75, 4.75);
  }

  @Test
  void eachProbeEstimatesItsQuadraticForm() {
    Value div = Divergence.hutchinson(2).of(x.dot("i", matrix, "oi", "o"), x);
    assertThat(div.type()).isEqualTo(ValueType.sample(2));
    var slice = new Slice(5, 4, 100, 0);
    double[] values = evaluate(div, Map.of("x", Numbers.normal(1, 12), "A", a), slice);
    for (int s = 0; s < 4; s++) {
      for (int k = 0; k < 2; k++) {
        double expected = 0;
        for (int i = 0; i < 3; i++) {
          for (int j = 0; j < 3; j++) {
            expected += sign(5 + s, k, i) * a[3 * i + j] * sign(5 + s, k, j);
          }
        }
        assertThat(values[2 * s + k]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  private static double sign(int sample, int probe, int element) {
    return Laws.element(
        Distribution.RADEMACHER, 0, SEED, Purpose.PROBE + probe, 0, sample, element);
  }

  @Test
  void hutchinsonHasTheMeanAndVarianceOfTheFormula() {
    int samples = 20_000;
    Value div = Divergence.hutchinson(1).of(x.dot("i", matrix, "oi", "o"), x);
    double[] values =
        evaluate(div, Map.of("x", new double[3 * samples], "A", a), Slice.batch(samples, 0));
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double offDiagonal = 0;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double symmetric = (a[3 * i + j] + a[3 * j + i]) / 2;
        offDiagonal += i == j ? 0 : symmetric * symmetric;
      }
    }
    double expected = 2 * offDiagonal;
    assertThat(mean).isCloseTo(4.75, within(5 * Math.sqrt(expected / samples)));
    assertThat(variance).isCloseTo(expected, within(0.05 * expected));
  }

  @Test
  void hutchinsonHasNoErrorWhereTheJacobianIsDiagonal() {
    Value div = Divergence.hutchinson(3).of(x.square().times(x), x);
    double[] points = {1, -2, 0.5};
    double[] values = evaluate(div, Map.of("x", points), Slice.batch(1, 0));
    assertThat(values).containsOnly(3 * (1 + 4 + 0.25));
  }

  @ParameterizedTest
  @EnumSource(names = {"TANH", "SILU", "SELU", "GELU"})
  void exactIsTheDivergenceOfANetwork(Activation activation) {
    var mlp = new Mlp(3, List.of(6, 5), activation, TimeFeatures.CONCAT);
    var parameters = new Parameters(g);
    Value div = Divergence.exact().of(mlp.velocity(parameters, x, t), x);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 8, 0.7));
    inputs.put("x", Numbers.normal(9, 12));
    inputs.put("t", new double[] {0.1, 0.4, 0.8, 1});
    double[] values = evaluate(div, inputs, Slice.batch(4, 0));
    var plain = new PlainMlp(mlp, inputs);
    for (int s = 0; s < 4; s++) {
      double[] point = Arrays.copyOfRange(inputs.get("x"), 3 * s, 3 * s + 3);
      assertThat(values[s]).isCloseTo(plain.divergence(point, inputs.get("t")[s]), within(2e-6));
    }
  }

  /** Second order: the divergence is itself a derivative, and this is its gradient. */
  @ParameterizedTest
  @EnumSource(names = {"TANH", "SILU", "GELU", "SOFTPLUS"})
  void itsGradientIsThatOfItsValues(Activation activation) {
    var mlp = new Mlp(3, List.of(4, 4), activation, TimeFeatures.CONCAT);
    var parameters = new Parameters(g);
    Value v = mlp.velocity(parameters, x, t);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 12, 0.8));
    inputs.put("x", Numbers.normal(13, 6));
    inputs.put("t", new double[] {0.3, 0.6});
    List<Value> xs = new ArrayList<>(parameters.values().values());
    xs.add(x);
    for (Divergence divergence : List.of(Divergence.exact(), Divergence.hutchinson(2))) {
      Value loss = divergence.of(v, x).square().sum();
      int compared = CentralDifferences.check(loss, xs, inputs, Slice.batch(2, 0), SEED, 1e-6);
      assertThat(compared).isGreaterThan(50);
    }
  }

  @Test
  void refusesNoProbes() {
    assertThatThrownBy(() -> Divergence.hutchinson(0)).hasMessageContaining("not 0");
  }
}
