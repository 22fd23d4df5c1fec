package dev.advect.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@link OpCases} in the interpreter and on every backend that is there. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class OpCaseTest {
  private static final AtomicInteger RAN = new AtomicInteger();
  private static final Map<String, Backend> BACKENDS = new LinkedHashMap<>();

  @BeforeAll
  static void open() {
    String device = System.getProperty("advect.test.device");
    if (device != null) {
      BACKENDS.put(device, backend(device, BackendOptions.standard()));
      return;
    }
    BACKENDS.put("reference", backend("reference", BackendOptions.standard()));
    BACKENDS.put("cpu", backend("cpu", BackendOptions.standard().withThreads(2)));
    BACKENDS.put("cpu, tiles of 32", backend("cpu", BackendOptions.standard().withTile(32)));
    BACKENDS.put("cpu, vectors at once", with("advect.start", "vectors"));
    BACKENDS.put("cpu, scalar", with("advect.vector", "scalar"));
  }

  /** A CPU opened under a system property. */
  private static Backend with(String property, String value) {
    String before = System.getProperty(property);
    System.setProperty(property, value);
    try {
      return backend("cpu", BackendOptions.standard().withThreads(2));
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  private static Backend backend(String name, BackendOptions options) {
    return Backends.open(name, options).backend();
  }

  @AfterAll
  static void close() {
    BACKENDS.values().forEach(Backend::close);
    System.out.printf("%d operation cases on %s%n", RAN.get(), BACKENDS.keySet());
    assertThat(RAN.get()).isGreaterThan(800 * BACKENDS.size());
  }

  static List<OpCase> cases() {
    return OpCases.all();
  }

  /** What a case computes: its value, the cotangents of its inputs, and its tangent. */
  private record Derived(Graph graph, Value value, List<Value> inputs, List<Integer> active) {
    static Derived of(OpCase c) {
      var g = new Trace();
      List<Value> inputs = c.trace(g);
      Value y = c.build().apply(g, inputs);
      var results = new LinkedHashMap<String, Value>();
      results.put("y", y);
      var active = new ArrayList<Integer>();
      for (int i = 0; i < inputs.size(); i++) {
        if (c.isDifferentiable(i)) {
          active.add(i);
        }
      }
      List<Value> xs = active.stream().map(inputs::get).toList();
      List<Value> tangents = new ArrayList<>();
      for (int i : active) {
        tangents.add(g.input("v" + i, inputs.get(i).type()));
      }
      Value w = g.input("w", y.type());
      List<Value> back = Autodiff.vjp(List.of(y), List.of(w), xs);
      for (int k = 0; k < xs.size(); k++) {
        results.put("ct" + active.get(k), back.get(k));
      }
      results.put("tangent", Autodiff.jvp(List.of(y), xs, tangents).getFirst());
      return new Derived(Graph.of(c.name(), results), y, inputs, active);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void derivativesAgreeWithCentralDifferences(OpCase c) {
    int samples = 3;
    Derived d = Derived.of(c);
    Map<String, double[]> in = numbers(c, d, samples, new Random(1));
    Slice slice = Slice.batch(samples, 0);
    Map<String, double[]> out = Interpreter.run(d.graph(), in, slice, 1).results();
    double h = 1e-5;
    double[] up = Interpreter.run(d.graph(), moved(c, d, in, h), slice, 1).results().get("y");
    double[] down = Interpreter.run(d.graph(), moved(c, d, in, -h), slice, 1).results().get("y");
    double[] tangent = out.get("tangent");
    double forward = 0;
    double[] w = in.get("w");
    for (int i = 0; i < tangent.length; i++) {
      double numeric = (up[i] - down[i]) / (2 * h);
      assertThat(tangent[i]).isCloseTo(numeric, within(2e-6 * (1 + Math.abs(numeric))));
      forward += tangent[i] * w[i];
    }
    double backward = 0;
    double size = 1;
    for (int i : d.active()) {
      double[] ct = out.get("ct" + i);
      double[] v = in.get("v" + i);
      for (int k = 0; k < ct.length; k++) {
        backward += ct[k] * v[k];
        size += Math.abs(ct[k] * v[k]);
      }
    }
    assertThat(backward).as("<Jv,w> = <v,J'w>").isCloseTo(forward, within(1e-12 * size));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backendsAgreeWithTheInterpreter(OpCase c) {
    Derived d = Derived.of(c);
    List<Executable> compiled = BACKENDS.values().stream().map(b -> b.compile(d.graph())).toList();
    for (int samples : new int[] {17, 1, 70}) {
      Map<String, double[]> in = numbers(c, d, samples, new Random(samples));
      Slice slice = Slice.batch(samples, 3);
      Map<String, double[]> expected = Interpreter.run(d.graph(), in, slice, 1).results();
      int terms = in.values().stream().mapToInt(x -> x.length).max().orElse(1);
      int k = 0;
      for (String name : BACKENDS.keySet()) {
        Executable e = compiled.get(k++);
        d.graph()
            .inputs()
            .forEach(
                (input, type) -> {
                  if (type.sampled()) {
                    e.bind(input, floats(in.get(input)));
                  } else {
                    e.set(input, floats(in.get(input)));
                  }
                });
        e.run(slice, 1);
        expected.forEach((r, want) -> compare(name + " " + r, e.result(r), want, terms));
        RAN.incrementAndGet();
      }
    }
    compiled.forEach(Executable::close);
  }

  /**
   * To 1e-6 of the largest element, and what a float sum of so many terms may lose: half an ulp a
   * term, adding up like a random walk. The terms are of order one, however much of them cancels.
   *
   * @param terms how many numbers at most one element is a sum of
   */
  private static void compare(String what, float[] got, double[] want, int terms) {
    assertThat(got).as(what).hasSize(want.length);
    double largest = 0.1;
    for (double x : want) {
      largest = Math.max(largest, Math.abs(x));
    }
    double walk = 2 * 0x1p-24 * Math.sqrt(terms) * Math.max(1, largest);
    for (int i = 0; i < want.length; i++) {
      assertThat((double) got[i])
          .as("%s element %d of %d", what, i, want.length)
          .isCloseTo(want[i], within(1e-6 * largest + walk));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double tolerance) {
    return org.assertj.core.data.Offset.offset(tolerance);
  }

  private static Map<String, double[]> numbers(OpCase c, Derived d, int samples, Random random) {
    Map<String, double[]> in = new HashMap<>();
    for (int i = 0; i < d.inputs().size(); i++) {
      in.put("in" + i, doubles(c.numbers(i, samples, random)));
    }
    for (int i : d.active()) {
      in.put("v" + i, gaussian(d.inputs().get(i).type(), samples, random));
    }
    in.put("w", gaussian(d.value().type(), samples, random));
    return in;
  }

  private static double[] gaussian(ValueType t, int samples, Random random) {
    double[] out = new double[t.size() * (t.sampled() ? samples : 1)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out;
  }

  private static Map<String, double[]> moved(
      OpCase c, Derived d, Map<String, double[]> in, double h) {
    Map<String, double[]> out = new HashMap<>(in);
    for (int i : d.active()) {
      double[] x = in.get("in" + i).clone();
      double[] v = in.get("v" + i);
      for (int k = 0; k < x.length; k++) {
        x[k] += h * v[k];
      }
      out.put("in" + i, x);
    }
    return out;
  }

  private static double[] doubles(float[] a) {
    double[] out = new double[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i];
    }
    return out;
  }

  private static float[] floats(double[] a) {
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) a[i];
    }
    return out;
  }
}
