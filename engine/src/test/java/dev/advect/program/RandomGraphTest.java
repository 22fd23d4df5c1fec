package dev.advect.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.TestDevice;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Graphs put together at random, with derivatives, updates and several sample stages: scheduling,
 * fusion and the reuse of buffers must not change what they mean.
 */
@Tag("device")
class RandomGraphTest {
  private static final int GRAPHS = 150;

  @Test
  void randomGraphsMeanTheSameCompiledAndInterpreted() {
    int stages = 0;
    try (Backend plain = cpu(BackendOptions.standard().withThreads(2));
        Backend tiled = cpu(BackendOptions.standard().withThreads(2).withTile(16))) {
      for (int seed = 0; seed < GRAPHS; seed++) {
        var random = new Random(seed);
        Graph graph = graph(random);
        stages = Math.max(stages, Program.of(graph).stages().size());
        int samples = 1 + random.nextInt(70);
        Map<String, double[]> in = numbers(graph, samples, random);
        var expected = Interpreter.run(graph, in, Slice.batch(samples, 5), 9);
        for (Backend b : List.of(plain, tiled)) {
          try (Executable e = b.compile(graph)) {
            feed(e, graph, in);
            e.run(Slice.batch(samples, 5), 9);
            int s = seed;
            expected.results().forEach((n, want) -> close(s + " " + n, e.result(n), want));
            expected.updates().forEach((n, want) -> close(s + " update " + n, e.get(n), want));
          }
        }
      }
    }
    assertThat(stages).as("most stages of a program").isGreaterThan(4);
  }

  private static Backend cpu(BackendOptions options) {
    return Backends.open(TestDevice.NAME, options).backend();
  }

  private static Graph graph(Random random) {
    var g = new Trace();
    var values = new ArrayList<Value>();
    int d = 1 + random.nextInt(20);
    values.add(g.input("x", ValueType.sample(d)));
    values.add(g.input("y", ValueType.sample(d)));
    values.add(g.input("t", ValueType.sample()));
    values.add(g.normal(1, d));
    values.add(g.input("b", ValueType.shared(d)));
    values.add(g.input("s", ValueType.shared()));
    List<Value> weights = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      weights.add(g.input("w" + i, ValueType.shared(d, d)));
    }
    for (int i = 0; i < 25; i++) {
      values.add(operation(g, values, weights, d, random));
    }
    var results = new LinkedHashMap<String, Value>();
    for (int i = 0; i < 3; i++) {
      results.put("r" + i, values.get(values.size() - 1 - random.nextInt(12)));
    }
    Value scalar = values.getLast().tanh().sum().spread().meanSamples();
    List<Value> params = List.of(weights.get(0), weights.get(1), values.get(4), values.get(5));
    List<Value> gradients = Autodiff.gradient(scalar, params);
    results.put("loss", scalar);
    var updates = new LinkedHashMap<Value, Value>();
    for (int i = 0; i < params.size(); i++) {
      updates.put(params.get(i), params.get(i).minus(gradients.get(i).tanh()));
      results.put("g" + i, gradients.get(i));
    }
    Value average = g.input("average", params.get(0).type());
    updates.put(average, average.times(0.5).plus(updates.get(params.get(0)).times(0.5)));
    return new Graph("random", results, updates, List.of());
  }

  private static Value operation(
      Trace g, List<Value> values, List<Value> weights, int d, Random random) {
    Value a = values.get(random.nextInt(values.size()));
    Value b = values.get(random.nextInt(values.size()));
    Value w = weights.get(random.nextInt(weights.size()));
    boolean vector = a.type().rank() == 1;
    return switch (random.nextInt(13)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b).times(0.7);
      case 2 -> a.tanh().times(b.sigmoid());
      case 3 -> a.sin();
      case 4 -> a.less(b).select(a, b.times(0.5));
      case 5, 6 -> vector ? a.dot("i", w, "oi", "o").times(1.0 / d) : a.cos();
      case 7 -> vector ? a.dot("o", w, "oi", "i").times(1.0 / d).tanh() : a.square().tanh();
      case 8 -> vector ? a.sum().times(1.0 / d) : a.exp().tanh();
      case 9 -> a.sampled() ? a.meanSamples() : a.spread().tanh();
      case 10 ->
          vector && d > 1
              ? g.concat(0, a.slice(0, 1, d), a.slice(0, 0, 1)).times(b.abs().plus(1).recip())
              : a.max(0.1);
      case 11 -> vector ? a.reshape(d, 1).transpose(1, 0).pad(0, 1, 0).sum(0) : a.min(b);
      default ->
          vector && a.sampled() && b.sampled() && b.type().rank() == 1
              ? g.contract("i", "o", "io", false, a, b).dot("io", w, "io", "").tanh()
              : a.neg();
    };
  }

  private static Map<String, double[]> numbers(Graph graph, int samples, Random random) {
    Map<String, double[]> in = new HashMap<>();
    graph
        .inputs()
        .forEach(
            (name, type) -> {
              double[] x = new double[type.size() * (type.sampled() ? samples : 1)];
              for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
              }
              in.put(name, x);
            });
    return in;
  }

  private static void feed(Executable e, Graph graph, Map<String, double[]> in) {
    graph
        .inputs()
        .forEach(
            (name, type) -> {
              float[] x = new float[in.get(name).length];
              for (int i = 0; i < x.length; i++) {
                x[i] = (float) in.get(name)[i];
              }
              if (type.sampled()) {
                e.bind(name, x);
              } else {
                e.set(name, x);
              }
            });
  }

  private static void close(String what, float[] got, double[] want) {
    assertThat(got).as(what).hasSize(want.length);
    double largest = 1;
    for (double x : want) {
      largest = Math.max(largest, Math.abs(x));
    }
    for (int i = 0; i < want.length; i++) {
      assertThat((double) got[i]).as("%s [%d]", what, i).isCloseTo(want[i], within(2e-5 * largest));
    }
  }
}
