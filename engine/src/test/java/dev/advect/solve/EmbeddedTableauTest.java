package dev.advect.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddedTableauTest {
  private static final GaussianMixtureFlow FLOW = GaussianMixtureFlow.plane();
  private static final EmbeddedTableau PAIR = EmbeddedTableau.DORMAND_PRINCE;

  /** sum_i w_i c_i^power. */
  private static double moment(List<Double> weights, int power) {
    double sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      sum += weights.get(i) * Math.pow(PAIR.method().c().get(i), power);
    }
    return sum;
  }

  /** sum_ij w_i c_i^outer a_ij c_j^inner. */
  private static double product(List<Double> weights, int outer, int inner) {
    double sum = 0;
    for (int i = 0; i < weights.size(); i++) {
      for (int j = 0; j < i; j++) {
        double a = PAIR.method().a().get(i).get(j);
        double[] c = {PAIR.method().c().get(i), PAIR.method().c().get(j)};
        sum += weights.get(i) * Math.pow(c[0], outer) * a * Math.pow(c[1], inner);
      }
    }
    return sum;
  }

  /** Conditions of Hairer, Norsett and Wanner, table II.2.2, of the trees without three levels. */
  @Test
  void bothMethodsMeetTheConditionsOfTheirOrders() {
    List<Double> fifth = PAIR.method().b();
    List<Double> fourth = PAIR.embedded();
    for (int power = 0; power <= 4; power++) {
      assertThat(moment(fifth, power)).isCloseTo(1.0 / (power + 1), within(1e-14));
    }
    for (int power = 0; power <= 3; power++) {
      assertThat(moment(fourth, power)).isCloseTo(1.0 / (power + 1), within(1e-14));
    }
    assertThat(moment(fourth, 4)).isNotCloseTo(0.2, within(1e-4));
    assertThat(product(fifth, 0, 1)).isCloseTo(1.0 / 6, within(1e-14));
    assertThat(product(fifth, 1, 1)).isCloseTo(1.0 / 8, within(1e-14));
    assertThat(product(fifth, 0, 2)).isCloseTo(1.0 / 12, within(1e-14));
    assertThat(product(fifth, 2, 1)).isCloseTo(1.0 / 10, within(1e-14));
    assertThat(product(fifth, 1, 2)).isCloseTo(1.0 / 15, within(1e-14));
    assertThat(product(fifth, 0, 3)).isCloseTo(1.0 / 20, within(1e-14));
    assertThat(product(fourth, 0, 1)).isCloseTo(1.0 / 6, within(1e-14));
    assertThat(product(fourth, 1, 1)).isCloseTo(1.0 / 8, within(1e-14));
    assertThat(product(fourth, 0, 2)).isCloseTo(1.0 / 12, within(1e-14));
  }

  /** A step of the stages with some weights, in plain loops. */
  private static void step(List<Double> weights, double[] x, double t, double h) {
    Tableau method = PAIR.method();
    double[][] k = new double[method.stages()][];
    for (int i = 0; i < k.length; i++) {
      double[] y = x.clone();
      for (int j = 0; j < i; j++) {
        add(y, h * method.a().get(i).get(j), k[j]);
      }
      k[i] = FLOW.velocity(y, t + method.c().get(i) * h);
    }
    for (int i = 0; i < k.length; i++) {
      add(x, h * weights.get(i), k[i]);
    }
  }

  private static void add(double[] y, double factor, double[] k) {
    for (int d = 0; d < y.length; d++) {
      y[d] += factor * k[d];
    }
  }

  private static double[] solve(List<Double> weights, int steps) {
    double[] x = {0.2, -0.4};
    for (int n = 0; n < steps; n++) {
      step(weights, x, (double) n / steps, 1.0 / steps);
    }
    return x;
  }

  /** The weights are doubles here; in a graph they are floats, which hides so high an order. */
  @Test
  void convergeWithTheirOrders() {
    double[] limit = solve(PAIR.method().b(), 1000);
    for (List<Double> weights : List.of(PAIR.method().b(), PAIR.embedded())) {
      int order = weights == PAIR.embedded() ? 4 : 5;
      int steps = order == 5 ? 80 : 160; // far from rounding, near enough to the limit
      double[] errors = new double[2];
      for (int i = 0; i < 2; i++) {
        double[] x = solve(weights, steps << i);
        errors[i] = Math.hypot(x[0] - limit[0], x[1] - limit[1]);
      }
      assertThat(Math.log(errors[0] / errors[1]) / Math.log(2)).isCloseTo(order, within(0.15));
    }
  }

  /** The step is 0.25 and the weights are floats, about 1e-7 off. */
  @Test
  void aStepInAGraphIsThatStep() {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    List<Value> after =
        PAIR.method()
            .step((s, at) -> List.of(FLOW.velocity(s.getFirst(), at)), List.of(x), t, 0.25);
    double[] start = {0.2, -0.4};
    double[] stepped =
        Interpreter.run(
                Graph.of("step", after.getFirst()),
                Map.of("x", start, "t", new double[] {0.5}),
                Slice.batch(1, 0),
                0)
            .results()
            .get("result");
    step(PAIR.method().b(), start, 0.5, 0.25);
    assertThat(stepped).containsExactly(start, within(1e-6));
  }

  @Test
  void aStepCostsOneEvaluationLessThanItHasStages() {
    assertThat(PAIR.name()).isEqualTo("dopri5");
    assertThat(PAIR.method().firstSameAsLast()).isTrue();
    assertThat(PAIR.evaluations()).isEqualTo(6);
    assertThat(Tableau.ALL).noneMatch(Tableau::firstSameAsLast);
    assertThat(PAIR.errorWeights().stream().mapToDouble(w -> w).sum()).isCloseTo(0, within(1e-15));
  }

  @Test
  void refusesWeightsThatAreNone() {
    Tableau method = PAIR.method();
    assertThatThrownBy(
            () -> new EmbeddedTableau(method, List.of(0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), 1))
        .hasMessage("the sum of the weights of dopri5's other is 0.9 where 1.0 is needed");
    assertThatThrownBy(() -> new EmbeddedTableau(method, method.b(), 4))
        .hasMessageContaining("are the same");
    assertThatThrownBy(() -> new EmbeddedTableau(Tableau.HEUN, List.of(1.0, 0.0), 1))
        .hasMessageContaining("the last stage of heun");
  }
}
