package dev.advect.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private static final double RATE = 0.03125; // a float, so that loops and graph agree

  static Stream<Optimizer> optimizers() {
    return Stream.of(
        new Optimizer.Adam(0.9, 0.999, 1e-8, 0),
        new Optimizer.Adam(0.875, 0.75, 1e-3, 0.125),
        new Optimizer.AdamW(0.9, 0.999, 1e-8, 0.25),
        new Optimizer.Adamax(0.9, 0.999, 1e-8, 0),
        new Optimizer.Adamax(0.5, 0.75, 1e-2, 0.25),
        new Optimizer.Sgd(0, 0),
        new Optimizer.Sgd(0.9, 0.125));
  }

  /** Parameters after some steps with given gradients, as the graph does them. */
  private static double[] graph(Optimizer optimizer, double[] w, List<double[]> gradients) {
    var g = new Trace();
    ValueType type = ValueType.shared(w.length);
    var memory = new ArrayList<Value>();
    Map<String, double[]> inputs = new HashMap<>();
    for (String name : optimizer.memory()) {
      memory.add(g.input(name, type));
      inputs.put(name, new double[w.length]);
    }
    Optimizer.Step step =
        optimizer.step(
            g.input("w", type),
            g.input("g", type),
            memory,
            g.input("rate", ValueType.shared()),
            g.step().plus(1));
    inputs.put("rate", new double[] {RATE});
    inputs.put("w", w);
    var roots = new ArrayList<Value>(step.memory());
    roots.add(step.parameter());
    for (int n = 0; n < gradients.size(); n++) {
      inputs.put("g", gradients.get(n));
      var values = Interpreter.evaluate(roots, inputs, Slice.batch(1, n), 0);
      for (int k = 0; k < optimizer.memory().size(); k++) {
        inputs.put(optimizer.memory().get(k), values.get(step.memory().get(k)));
      }
      inputs.put("w", values.get(step.parameter()));
    }
    return inputs.get("w");
  }

  /** The same for one parameter, as PyTorch's documentation writes the algorithms. */
  private static double plain(Optimizer optimizer, double w, List<double[]> gradients, int i) {
    double m = 0;
    double v = 0;
    for (int n = 1; n <= gradients.size(); n++) {
      double g = gradients.get(n - 1)[i];
      switch (optimizer) {
        case Optimizer.Adam(double b1, double b2, double eps, double decay) -> {
          g += decay * w;
          m = b1 * m + (1 - b1) * g;
          v = b2 * v + (1 - b2) * g * g;
          w -= adam(m, v, b1, b2, eps, n);
        }
        case Optimizer.AdamW(double b1, double b2, double eps, double decay) -> {
          w -= RATE * decay * w;
          m = b1 * m + (1 - b1) * g;
          v = b2 * v + (1 - b2) * g * g;
          w -= adam(m, v, b1, b2, eps, n);
        }
        case Optimizer.Adamax(double b1, double b2, double eps, double decay) -> {
          g += decay * w;
          m = b1 * m + (1 - b1) * g;
          v = Math.max(b2 * v, Math.abs(g) + eps);
          w -= RATE / (1 - Math.pow(b1, n)) * m / v;
        }
        case Optimizer.Sgd(double momentum, double decay) -> {
          g += decay * w;
          m = momentum * m + g;
          w -= RATE * m;
        }
      }
    }
    return w;
  }

  private static double adam(double m, double v, double b1, double b2, double eps, int n) {
    double mHat = m / (1 - Math.pow(b1, n));
    double vHat = v / (1 - Math.pow(b2, n));
    return RATE * mHat / (Math.sqrt(vHat) + eps);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void followsThePublishedAlgorithmForManySteps(Optimizer optimizer) {
    double[] w = Numbers.normal(1, 5);
    List<double[]> gradients = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      gradients.add(Numbers.normal(100 + n, 5));
    }
    double[] moved = graph(optimizer, w, gradients);
    for (int i = 0; i < w.length; i++) {
      assertThat(moved[i]).isCloseTo(plain(optimizer, w[i], gradients, i), within(2e-7));
    }
  }

  @Test
  void firstStepsAreThoseWorkedOutByHand() {
    List<double[]> gradient = List.of(new double[] {2, -0.5});
    double[] w = {1, -1};
    // m^ = g and v^ = g^2, so Adam moves by the rate against the sign of the gradient.
    assertThat(graph(new Optimizer.Adam(0.9, 0.999, 0, 0), w, gradient))
        .containsExactly(new double[] {1 - RATE, -1 + RATE}, within(1e-8));
    // AdamW first loses rate times decay of w.
    assertThat(graph(new Optimizer.AdamW(0.9, 0.999, 0, 0.5), w, gradient))
        .containsExactly(
            new double[] {1 - RATE * 0.5 - RATE, -1 + RATE * 0.5 + RATE}, within(1e-8));
    // Adam adds the decay to the gradient, whose size does not matter in the first step.
    assertThat(graph(new Optimizer.Adam(0.9, 0.999, 0, 0.5), w, gradient))
        .containsExactly(new double[] {1 - RATE, -1 + RATE}, within(1e-8));
    assertThat(graph(new Optimizer.Adamax(0.9, 0.999, 0, 0), w, gradient))
        .containsExactly(new double[] {1 - RATE, -1 + RATE}, within(1e-8));
    assertThat(graph(new Optimizer.Sgd(0.9, 0), w, gradient))
        .containsExactly(1 - 2 * RATE, -1 + 0.5 * RATE);
    assertThat(graph(new Optimizer.Sgd(0, 0.5), w, gradient))
        .containsExactly(1 - 2.5 * RATE, -1 + RATE);
  }

  @Test
  void biasCorrectionIsAccurateAfterAMillionSteps() {
    var g = new Trace();
    var adam = new Optimizer.Adam(0.9, 0.999, 0, 0);
    ValueType type = ValueType.shared(1);
    Optimizer.Step step =
        adam.step(
            g.zeros(type),
            g.zeros(type),
            List.of(g.constant(1, type), g.constant(4, type)),
            g.constant(1),
            g.step().plus(1));
    for (long n : new long[] {0, 1, 9, 1000, 1_000_000}) {
      double[] w =
          Interpreter.evaluate(List.of(step.parameter()), Map.of(), Slice.batch(1, n), 0)
              .get(step.parameter());
      double mHat = 0.9 / (1 - Math.pow(0.9, n + 1));
      double vHat = 4 * 0.999 / (1 - Math.pow(0.999, n + 1));
      double expected = -mHat / Math.sqrt(vHat);
      assertThat(w[0]).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
    }
  }

  @Test
  void clippingScalesAllGradientsTogether() {
    var g = new Trace();
    Value a = g.input("a", ValueType.shared(2));
    Value b = g.input("b", ValueType.shared(1, 1));
    Map<String, double[]> inputs = Map.of("a", new double[] {3, 0}, "b", new double[] {-4});
    List<Value> clipped = Gradients.clipped(List.of(a, b), 2);
    var values = Interpreter.evaluate(clipped, inputs, Slice.batch(1, 0), 0);
    double factor = 2 / (5 + 1e-6);
    assertThat(values.get(clipped.get(0)))
        .containsExactly(new double[] {3 * factor, 0}, within(1e-9));
    assertThat(values.get(clipped.get(1)))
        .containsExactly(new double[] {-4 * factor}, within(1e-9));
    List<Value> loose = Gradients.clipped(List.of(a, b), 10);
    assertThat(Interpreter.evaluate(loose, inputs, Slice.batch(1, 0), 0).get(loose.get(0)))
        .containsExactly(3, 0);
    Value norm = Gradients.globalNorm(List.of(a, b));
    assertThat(Interpreter.evaluate(List.of(norm), inputs, Slice.batch(1, 0), 0).get(norm))
        .containsExactly(5);
    assertThatThrownBy(() -> Gradients.clipped(List.of(a), 0)).hasMessageContaining("0.0");
  }

  @Test
  void theAverageWarmsUp() {
    var ema = new Ema(0.75);
    assertThat(ema.decay(1)).isEqualTo(2.0 / 11);
    assertThat(ema.decay(8)).isEqualTo(0.5);
    assertThat(ema.decay(1000)).isEqualTo(0.75);
    var g = new Trace();
    Value average = g.input("average", ValueType.shared(1));
    Value next = ema.update(average, g.input("w", ValueType.shared(1)), g.step().plus(1));
    double expected = 5;
    double[] state = {5};
    for (int n = 1; n <= 40; n++) {
      expected = ema.decay(n) * expected + (1 - ema.decay(n)) * n;
      state =
          Interpreter.evaluate(
                  List.of(next),
                  Map.of("average", state, "w", new double[] {n}),
                  Slice.batch(1, n - 1),
                  0)
              .get(next);
      assertThat(state[0]).isCloseTo(expected, within(1e-9 * n));
    }
  }

  @Test
  void schedulesHaveTheirValues() {
    assertThat(Schedule.of("constant").at(7, 10)).isEqualTo(1);
    Schedule cosine = Schedule.of("cosine");
    assertThat(cosine.at(0, 100)).isEqualTo(1);
    assertThat(cosine.at(50, 100)).isCloseTo(0.5, within(1e-12));
    assertThat(cosine.at(25, 100)).isCloseTo(0.8535533905932737, within(1e-12));
    assertThat(cosine.at(100, 100)).isCloseTo(0, within(1e-12));
    assertThat(cosine.at(150, 100)).isCloseTo(0, within(1e-12));
    Schedule warmup = new Schedule.Warmup(4);
    assertThat(Arrays.stream(new long[] {0, 1, 3, 4, 99}).mapToDouble(n -> warmup.at(n, 100)))
        .containsExactly(0.25, 0.5, 1.0, 1.0, 1.0);
    assertThatThrownBy(() -> Schedule.of("linear")).hasMessage("there is no schedule 'linear'");
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> new Optimizer.Adam(1, 0.9, 1e-8, 0)).hasMessageContaining("beta1");
    assertThatThrownBy(() -> new Optimizer.AdamW(0.9, -1, 1e-8, 0)).hasMessageContaining("beta2");
    assertThatThrownBy(() -> new Optimizer.Adamax(0.9, 0.9, Double.NaN, 0))
        .hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new Optimizer.Sgd(0.9, -1)).hasMessageContaining("weightDecay");
    assertThatThrownBy(() -> new Ema(1)).hasMessageContaining("1.0");
  }
}
