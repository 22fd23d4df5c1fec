package dev.advect.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Models;
import dev.advect.nn.Parameters;
import dev.advect.nn.TimeFeatures;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.path.Icfm;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.train.FlowMatching;
import dev.advect.train.TrainingOptions;
import dev.advect.train.TrainingStep;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole programs on the CPU: any batch, any tile, any number of threads, several stages, loops. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class ProgramsOnCpuTest {
  private static final int ROWS = 100;

  private static Backend cpu(int threads, int tile) {
    OptionalInt tiles = tile == 0 ? OptionalInt.empty() : OptionalInt.of(tile);
    return Backends.open(TestDevice.NAME, new BackendOptions(threads, tiles, false)).backend();
  }

  private static TrainingStep step(Mlp field, Optimizer optimizer, double clip, double ema) {
    var options = new TrainingOptions(100, 64, ema, 3, optimizer, 1, new Schedule.Constant(), clip);
    return TrainingStep.of(FlowMatching.of(field, new Icfm(0.1)), options, ROWS);
  }

  private static Mlp mlp(int dim, int width, Activation activation) {
    return new Mlp(dim, List.of(width, width), activation, TimeFeatures.CONCAT);
  }

  private static Map<String, float[]> inputs(TrainingStep step, float rate) {
    Map<String, float[]> in = new HashMap<>(step.initial(1));
    ValueType data = step.graph().inputs().get(TrainingStep.DATA);
    in.put(TrainingStep.DATA, Numbers.floats(Numbers.normal(2, data.size())));
    in.put(TrainingStep.LEARNING_RATE, new float[] {rate});
    in.put(TrainingStep.LOSS_SUM, new float[1]);
    return in;
  }

  /** Plain loops, which every run starts on, and vectors give the same bits. */
  @ParameterizedTest
  @ValueSource(ints = {40, 136})
  void vectorsHaveTheBitsOfPlainLoops(int width) {
    TrainingStep step = step(mlp(3, width, Activation.TANH), Optimizer.Adam.standard(), 1, 0.9);
    Map<String, float[]> in = inputs(step, 1e-2f);
    var weights = new ArrayList<Map<String, float[]>>();
    String before = System.getProperty("advect.start", "");
    for (String start : List.of("plain loops", "vectors")) {
      System.setProperty("advect.start", start);
      try (Backend cpu = cpu(2, 0);
          Executable e = cpu.compile(step.graph())) {
        in.forEach(e::set);
        for (int n = 0; n < 4; n++) {
          e.run(Slice.batch(100 + n, n), 5);
        }
        var found = new LinkedHashMap<String, float[]>();
        step.state().keySet().forEach(name -> found.put(name, e.get(name)));
        weights.add(found);
      } finally {
        System.setProperty("advect.start", before);
      }
    }
    weights
        .getFirst()
        .forEach(
            (name, plain) -> assertThat(weights.getLast().get(name)).as(name).isEqualTo(plain));
  }

  /** Plain gradient descent with rate 1 moves every weight by exactly its gradient. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void oneProgramRunsAnyBatch(Activation activation) {
    movesByTheGradients(mlp(5, 72, activation), 203, 64, 31, 1, 256);
  }

  /** Sums of weight gradients that are large, and those that are so for many samples too. */
  @ParameterizedTest
  @CsvSource({"136, 203", "136, 31", "133, 300", "520, 700"})
  void deferredSumsAreThoseOfTheInterpreter(int width, int batch) {
    movesByTheGradients(mlp(5, width, Activation.SILU), batch);
  }

  private static void movesByTheGradients(Mlp mlp, int... batches) {
    TrainingStep step = step(mlp, new Optimizer.Sgd(0, 0), 0, 0);
    Map<String, float[]> in = inputs(step, 1);
    Map<String, double[]> doubles = new HashMap<>();
    in.forEach((name, x) -> doubles.put(name, Numbers.doubles(x)));
    int compared = 0;
    try (Backend cpu = cpu(2, 0);
        Executable e = cpu.compile(step.graph())) {
      for (int batch : batches) {
        in.forEach(e::set);
        Slice slice = Slice.batch(batch, 7);
        e.run(slice, 42);
        var want = Interpreter.run(step.graph(), doubles, slice, 42);
        double loss = want.results().get(TrainingStep.LOSS)[0];
        assertThat((double) e.result(TrainingStep.LOSS)[0]).isCloseTo(loss, within(1e-6 * loss));
        for (String name : step.parameters().values().keySet()) {
          double[] wanted = want.updates().get(name);
          float[] before = in.get(name);
          float[] after = e.get(name);
          double largest = 0;
          for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i] - before[i]));
          }
          for (int i = 0; i < wanted.length; i++) {
            // The update itself rounds to an ulp of the weight.
            double tolerance = 1e-6 * largest + Math.ulp(after[i]);
            assertThat((double) after[i]).as(name).isCloseTo(wanted[i], within(tolerance));
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThan(10_000);
  }

  /**
   * Sums so long that no panel of samples is gone through at once, with weights that are packed and
   * weights that are read where they lie, along a row and across rows.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 20, 300})
  void longSumsAreThoseOfTheInterpreter(int features) {
    int terms = 4200;
    var g = new Trace();
    Value x = g.normal(5, terms);
    Value rows = g.input("rows", ValueType.shared(features, terms));
    Value columns = g.input("columns", ValueType.shared(terms, features));
    var results = new LinkedHashMap<String, Value>();
    results.put("along", x.dot("i", rows, "oi", "o"));
    results.put("across", x.dot("i", columns, "io", "o"));
    Graph graph = Graph.of("long sums", results);
    Map<String, double[]> in =
        Map.of(
            "rows", rounded(Numbers.normal(3, features * terms), 1),
            "columns", rounded(Numbers.normal(4, features * terms), 1));
    Slice slice = Slice.batch(70, 0);
    var want = Interpreter.run(graph, in, slice, 6).results();
    try (Backend cpu = cpu(2, 0);
        Executable e = cpu.compile(graph)) {
      feed(e, graph, in);
      e.run(slice, 6);
      want.forEach((name, values) -> close(name, e.result(name), values, 1e-5));
    }
  }

  /**
   * Of 40 the sums of weight gradients stay in lanes, of 136 they are deferred if there are few
   * samples, of 520 always.
   */
  @ParameterizedTest
  @ValueSource(ints = {40, 136, 520})
  void trainedWeightsHaveTheSameBitsForEveryTileAndEveryNumberOfThreads(int width) {
    TrainingStep step = step(mlp(3, width, Activation.SELU), Optimizer.Adam.standard(), 1, 0.9);
    Map<String, float[]> in = inputs(step, 1e-2f);
    int[] batches =
        width > 500 ? new int[] {700} : new int[] {203, 64, 512, 1024, 203, 31, 256, 1, 700};
    SequencedMap<String, float[]> first = null;
    for (int threads : new int[] {1, 2, 3}) {
      for (int tile : new int[] {0, 16, 48, 208}) {
        try (Backend cpu = cpu(threads, tile);
            Executable e = cpu.compile(step.graph())) {
          in.forEach(e::set);
          int n = 0;
          for (int batch : batches) {
            e.run(Slice.batch(batch, n++), 5);
          }
          var weights = new LinkedHashMap<String, float[]>();
          step.state().keySet().forEach(name -> weights.put(name, e.get(name)));
          if (first == null) {
            first = weights;
          }
          for (String name : first.keySet()) {
            assertThat(weights.get(name))
                .as("%s with %d threads, tile %d", name, threads, tile)
                .isEqualTo(first.get(name));
          }
        }
      }
    }
    assertThat(first).hasSizeGreaterThan(15);
    assertThat(first.get("field.layers.0.weight")).isNotEqualTo(in.get("field.layers.0.weight"));
  }

  static Stream<Models.Model> models() {
    return Models.all().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void networksOfOtherKindsRunOnTheCpu(Models.Model model) {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value loss = model.loss().apply(parameters);
    List<Value> weights = List.copyOf(parameters.values().values());
    List<Value> gradients = Autodiff.gradient(loss, weights);
    var results = new LinkedHashMap<String, Value>();
    results.put("loss", loss);
    for (int i = 0; i < gradients.size(); i++) {
      results.put("gradient " + i, gradients.get(i));
    }
    Graph graph = Graph.of(model.name(), results);
    for (int samples : new int[] {37, 1, 150}) {
      Map<String, double[]> in = new HashMap<>();
      graph
          .inputs()
          .forEach(
              (name, type) -> {
                int n = type.size() * (type.sampled() ? samples : 1);
                in.put(name, rounded(Numbers.normal(name.hashCode(), n), 0.6));
              });
      var want = Interpreter.run(graph, in, Slice.batch(samples, 0), 0).results();
      try (Backend cpu = cpu(2, 32);
          Executable e = cpu.compile(graph)) {
        feed(e, graph, in);
        e.run(Slice.batch(samples, 0), 0);
        want.forEach((name, x) -> close(name, e.result(name), x, 1e-5));
      }
    }
  }

  /** The gradient of a divergence estimate needs derivatives of derivatives. */
  @Test
  void theGradientOfAHutchinsonDivergenceRunsOnTheCpu() {
    var g = new Trace();
    var p = new Parameters(g);
    Value x = g.input("x", ValueType.sample(4));
    Value t = g.input("t", ValueType.sample());
    Value probe = g.rademacher(9, 4);
    Value v = mlp(4, 24, Activation.TANH).velocity(p, x, t);
    Value divergence =
        Autodiff.jvp(List.of(v), List.of(x), List.of(probe)).getFirst().times(probe).sum();
    List<Value> weights = List.copyOf(p.values().values());
    List<Value> gradients = Autodiff.gradient(divergence.square().meanSamples(), weights);
    var results = new LinkedHashMap<String, Value>();
    for (int i = 0; i < gradients.size(); i++) {
      results.put("gradient " + i, gradients.get(i));
    }
    Graph graph = Graph.of("second order", results);
    int samples = 61;
    Map<String, double[]> in = new HashMap<>();
    p.initial(4).forEach((name, values) -> in.put(name, Numbers.doubles(values)));
    in.put("x", rounded(Numbers.normal(1, samples * 4), 1));
    in.put("t", rounded(Numbers.normal(2, samples), 0.3));
    var want = Interpreter.run(graph, in, Slice.batch(samples, 0), 8).results();
    try (Backend cpu = cpu(2, 16);
        Executable e = cpu.compile(graph)) {
      feed(e, graph, in);
      e.run(Slice.batch(samples, 0), 8);
      want.forEach((name, values) -> close(name, e.result(name), values, 3e-6));
    }
  }

  /** The second loop reads what the first has left, and both collect sums over the samples. */
  @Test
  void loopsFollowEachOtherAndCollectTotals() {
    var g = new Trace();
    Value w = g.input("w", ValueType.shared(3, 3));
    Value x = g.carry("x", 3);
    Value mean = g.total("mean");
    Value moved = x.plus(x.dot("i", w, "oi", "o").tanh().times(0.25));
    var first =
        new Repeat(
            5,
            List.of(x, mean),
            List.of(g.normal(5, 3), g.zeros(ValueType.shared())),
            List.of(moved, mean.plus(x.sum().times(g.reciprocalBatch()).sumSamples())));
    Value y = g.carry("y", 3);
    Value noise = g.carry("noise", 3);
    Value k = g.carry("k");
    Value outer = g.total("outer", 3, 3);
    Value bias = g.total("bias", 3);
    Value turned = y.dot("o", w, "oi", "i").sin().plus(x.times(0.5)).plus(noise.times(k));
    var second =
        new Repeat(
            4,
            List.of(y, noise, k, outer, bias),
            List.of(
                x.exp(),
                g.normal(5, 3),
                g.ones(ValueType.sample()),
                g.zeros(ValueType.shared(3, 3)),
                g.zeros(ValueType.shared(3))),
            List.of(
                turned,
                g.normal(6, 3),
                k.plus(1),
                outer.plus(g.contract("o", "i", "oi", true, y, turned)),
                bias.plus(turned.times(x).sumSamples())));
    var results = new LinkedHashMap<String, Value>();
    results.put("y", y);
    results.put("mean", mean);
    results.put("outer", outer.times(g.reciprocalBatch()));
    results.put("bias", bias.times(mean));
    results.put("scaled", y.times(bias.times(0.001).sum()));
    Graph graph = Graph.of("two loops", results, first, second);
    Map<String, double[]> in = Map.of("w", rounded(Numbers.normal(3, 9), 1));
    for (int batch : new int[] {1, 90, 203}) {
      Slice slice = new Slice(40, batch, 1000, 2);
      var want = Interpreter.run(graph, in, slice, 6).results();
      // What is lost in a sum of so many terms, which cancel, adds up like a random walk.
      double relative = 2e-6 * Math.sqrt(4.0 * batch);
      for (int tile : new int[] {0, 16, 64}) {
        try (Backend cpu = cpu(2, tile);
            Executable e = cpu.compile(graph)) {
          feed(e, graph, in);
          e.run(slice, 7);
          e.run(slice, 6);
          want.forEach((name, values) -> close(name, e.result(name), values, relative));
        }
      }
    }
  }

  @Test
  void aLoopOfNoPassesLeavesTotalsAtZero() {
    var g = new Trace();
    Value x = g.carry("x", 3);
    Value outer = g.total("outer", 3, 3);
    var loop =
        new Repeat(
            0,
            List.of(x, outer),
            List.of(g.normal(5, 3), g.zeros(ValueType.shared(3, 3))),
            List.of(x.sin(), outer.plus(g.contract("o", "i", "oi", true, x, x))));
    Graph graph = Graph.of("none", Map.of("outer", outer), loop);
    try (Backend cpu = cpu(2, 16);
        Executable e = cpu.compile(graph)) {
      e.run(Slice.batch(40, 0), 6);
      assertThat(e.result("outer")).hasSize(9).containsOnly(0f);
    }
  }

  @Test
  void aLoopRunsInsideATileAndKeepsWhatDoesNotChange() {
    var g = new Trace();
    Value x = g.carry("x", 3);
    Value k = g.carry("k");
    Value fixed = g.normal(4, 3).exp();
    Value w = g.input("w", ValueType.shared(3, 3));
    Value moved =
        x.plus(x.dot("i", w, "oi", "o").tanh().times(fixed).times(0.1)).plus(k.times(.01));
    var loop =
        new Repeat(
            7,
            List.of(x, k),
            List.of(g.normal(5, 3), g.zeros(ValueType.sample())),
            List.of(moved, k.plus(1)));
    var results = new LinkedHashMap<String, Value>();
    results.put("x", x);
    results.put("steps", k);
    results.put("mean", x.times(fixed).meanSamples());
    Graph graph = Graph.of("loop", results, loop);
    Map<String, double[]> in = Map.of("w", rounded(Numbers.normal(3, 9), 1));
    Slice slice = new Slice(40, 90, 1000, 2);
    var want = Interpreter.run(graph, in, slice, 6).results();
    for (int tile : new int[] {0, 16, 64}) {
      try (Backend cpu = cpu(2, tile);
          Executable e = cpu.compile(graph)) {
        feed(e, graph, in);
        e.run(slice, 6);
        want.forEach((name, values) -> close(name, e.result(name), values, 1e-5));
        assertThat(e.result("steps")).hasSize(90).containsOnly(7f);
      }
    }
  }

  @Test
  void theDebugModeNamesTheOperationTheLineAndTheSample() {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Graph graph = Graph.of("logarithm", x.log().plus(1).sum());
    var options = BackendOptions.standard().checkingFinite();
    try (Backend cpu = Backends.open(TestDevice.NAME, options).backend();
        Executable e = cpu.compile(graph)) {
      float[] rows = new float[60];
      java.util.Arrays.fill(rows, 1);
      rows[2 * 21 + 1] = -1;
      e.bind("x", rows);
      assertThatThrownBy(() -> e.run(Slice.batch(30, 0), 0))
          .isInstanceOf(AdvectException.class)
          .hasMessageMatching("(sum over \\[0\\]|log) : .*")
          .hasMessageContaining("ProgramsOnCpuTest.java")
          .hasMessageContaining("NaN for sample 21");
    }
  }

  @Test
  void mistakesInUsingAProgramAreNamed() {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Value w = g.input("w", ValueType.shared(2));
    Graph graph = Graph.of("sum", x.times(w).sum());
    try (Backend cpu = cpu(1, 0);
        Executable e = cpu.compile(graph)) {
      assertThatThrownBy(() -> e.set("v", new float[2])).hasMessageContaining("'v', only w");
      assertThatThrownBy(() -> e.set("w", new float[3]))
          .hasMessage("'w' : shared[2] needs 2 numbers, got 3");
      assertThatThrownBy(() -> e.run(Slice.batch(3, 0), 0))
          .hasMessage("'x' : sample[2] needs 6 numbers, got 0");
      assertThatThrownBy(() -> e.result("y")).hasMessageContaining("'y', only result");
    }
  }

  private static double[] rounded(double[] x, double scale) {
    double[] out = new double[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (scale * x[i]);
    }
    return out;
  }

  private static void feed(Executable e, Graph graph, Map<String, double[]> in) {
    graph
        .inputs()
        .forEach(
            (name, type) -> {
              float[] x = Numbers.floats(in.get(name));
              if (type.sampled()) {
                e.bind(name, x);
              } else {
                e.set(name, x);
              }
            });
  }

  private static void close(String what, float[] got, double[] want, double relative) {
    assertThat(got).as(what).hasSize(want.length);
    double largest = 0.1; // what cancels was of this order
    for (double x : want) {
      largest = Math.max(largest, Math.abs(x));
    }
    var misses = new ArrayList<String>();
    for (int i = 0; i < want.length; i++) {
      if (!(Math.abs(got[i] - want[i]) <= relative * largest)) {
        misses.add("[%d] %s instead of %s".formatted(i, got[i], want[i]));
      }
    }
    assertThat(misses).as(what).isEmpty();
  }
}
