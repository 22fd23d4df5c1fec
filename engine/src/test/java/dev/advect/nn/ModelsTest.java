package dev.advect.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.CentralDifferences;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelsTest {
  private static final int BATCH = 3;

  static Stream<Models.Model> models() {
    return Models.all().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void differentiatesAsItsLossChanges(Models.Model model) {
    var trace = new Trace();
    var parameters = new Parameters(trace);
    Value loss = model.loss().apply(parameters);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 11, 0.6));
    List<Value> xs = new ArrayList<>(parameters.values().values());
    Graph.of("loss", loss)
        .inputs()
        .forEach(
            (name, type) -> {
              if (type.sampled()) {
                inputs.put(name, Numbers.normal(5 + name.hashCode(), BATCH * type.size()));
                xs.add(trace.input(name, type));
              }
            });
    int compared = CentralDifferences.check(loss, xs, inputs, Slice.batch(BATCH, 0), 0, 1e-6);
    assertThat(compared).isGreaterThan(30);
  }

  @Test
  void theGraphNetworkTurnsWithItsInput() {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value x = g.input("x", ValueType.sample(4, 3));
    Value h = g.input("h", ValueType.sample(4, 2));
    List<Value> out = Models.egnn(parameters, x, h, 5);
    Map<String, double[]> inputs = new HashMap<>(Numbers.like(parameters.values(), 3, 0.7));
    inputs.put("x", Numbers.normal(1, 12));
    inputs.put("h", Numbers.normal(2, 8));
    var before = Interpreter.evaluate(out, inputs, Slice.batch(1, 0), 0);
    inputs.put("x", turned(inputs.get("x")));
    var after = Interpreter.evaluate(out, inputs, Slice.batch(1, 0), 0);
    assertThat(after.get(out.getFirst()))
        .containsExactly(turned(before.get(out.getFirst())), within(1e-12));
    assertThat(after.get(out.getLast())).containsExactly(before.get(out.getLast()), within(1e-12));
  }

  /** Turns points by 0.7 about the z axis and shifts them. */
  private static double[] turned(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i += 3) {
      y[i] = Math.cos(0.7) * x[i] - Math.sin(0.7) * x[i + 1] + 0.5;
      y[i + 1] = Math.sin(0.7) * x[i] + Math.cos(0.7) * x[i + 1] - 2;
      y[i + 2] = x[i + 2] + 1;
    }
    return y;
  }

  @Test
  void batchNormNormalisesOverTheBatch() {
    var g = new Trace();
    var parameters = new Parameters(g, "norm");
    Value y = Models.batchNorm(parameters, g.input("x", ValueType.sample(1)));
    double[] values =
        Interpreter.evaluate(
                List.of(y),
                Map.of(
                    "x", new double[] {1, 3, 5, 7},
                    "norm.gain", new double[] {2},
                    "norm.bias", new double[] {10}),
                Slice.batch(4, 0),
                0)
            .get(y);
    double unit = 1 / Math.sqrt(5 + 1e-5);
    assertThat(values)
        .containsExactly(
            new double[] {10 - 6 * unit, 10 - 2 * unit, 10 + 2 * unit, 10 + 6 * unit},
            within(1e-8));
  }
}
