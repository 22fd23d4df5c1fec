package dev.advect.verify;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
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
import java.util.function.UnaryOperator;

/**
 * What a case computes, and how far a backend is from the interpreter in it.
 *
 * @param op the case
 * @param graph its value y, the cotangents of its inputs for w, and its tangent along v
 * @param value y
 * @param inputs the inputs, named in0, in1, ...
 * @param active which of them are differentiated
 */
record OpParity(OpCase op, Graph graph, Value value, List<Value> inputs, List<Integer> active) {

  /** A panel and a bit, one sample, and more than a tile. */
  private static final int[] SAMPLES = {17, 1, 70};

  /**
   * The element of a run that is furthest off.
   *
   * @param excess by how much, in units of what it may be
   * @param text what and where it is, with numbers
   */
  record Worst(double excess, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  static OpParity of(OpCase c) {
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
    return new OpParity(c, Graph.of(c.name(), results), y, inputs, active);
  }

  /** The worst of a case on a backend, for each of some numbers of samples. */
  static List<Worst> of(OpCase c, Backend backend) {
    return of(c, backend, UnaryOperator.identity());
  }

  /**
   * The worst of a case on a backend, for each of some numbers of samples.
   *
   * @param distortion what is done to the backend's numbers before they are compared
   */
  static List<Worst> of(OpCase c, Backend backend, UnaryOperator<float[]> distortion) {
    OpParity parity = of(c);
    var worst = new ArrayList<Worst>();
    try (Executable executable = backend.compile(parity.graph)) {
      for (int samples : SAMPLES) {
        worst.add(parity.run(executable, samples, distortion));
      }
    }
    return worst;
  }

  private Worst run(Executable executable, int samples, UnaryOperator<float[]> distortion) {
    Map<String, double[]> in = numbers(samples, new Random(samples));
    graph
        .inputs()
        .forEach(
            (name, type) -> {
              float[] x = Reference.floats(in.get(name));
              if (type.sampled()) {
                executable.bind(name, x);
              } else {
                executable.set(name, x);
              }
            });
    Slice slice = Slice.batch(samples, 3);
    executable.run(slice, 1);
    int terms = in.values().stream().mapToInt(x -> x.length).max().orElse(1);
    var worst = new Worst(0, "equal");
    for (var wanted : Interpreter.run(graph, in, slice, 1).results().entrySet()) {
      String what = "%s of %s for %d samples".formatted(wanted.getKey(), op, samples);
      float[] got = distortion.apply(executable.result(wanted.getKey()));
      Worst of = compare(what, got, wanted.getValue(), terms);
      worst = of.excess > worst.excess ? of : worst;
    }
    return worst;
  }

  /**
   * In units of 1e-6 of the largest element, and of what a float sum of so many terms may lose:
   * half an ulp a term, adding up like a random walk. The terms are of order one, however much of
   * them cancels.
   *
   * @param terms how many numbers at most one element is a sum of
   */
  private static Worst compare(String what, float[] got, double[] want, int terms) {
    if (got.length != want.length) {
      return new Worst(
          Double.POSITIVE_INFINITY,
          "%s has %d elements, not %d".formatted(what, got.length, want.length));
    }
    double largest = 0.1;
    for (double x : want) {
      largest = Math.max(largest, Math.abs(x));
    }
    double walk = 2 * 0x1p-24 * Math.sqrt(terms) * Math.max(1, largest);
    double allowed = 1e-6 * largest + walk;
    var worst = new Worst(0, what);
    for (int i = 0; i < want.length; i++) {
      double off = Math.abs(got[i] - want[i]) / allowed;
      double excess = Double.isNaN(off) ? Double.POSITIVE_INFINITY : off;
      if (excess > worst.excess) {
        worst =
            new Worst(
                excess,
                "element %d of %s is %s, not %s, give or take %.1e"
                    .formatted(i, what, got[i], want[i], allowed));
      }
    }
    return worst;
  }

  /** Numbers for the inputs, the tangents and the cotangent. */
  Map<String, double[]> numbers(int samples, Random random) {
    Map<String, double[]> in = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      in.put("in" + i, Reference.doubles(op.numbers(i, samples, random)));
    }
    for (int i : active) {
      in.put("v" + i, gaussian(inputs.get(i).type(), samples, random));
    }
    in.put("w", gaussian(value.type(), samples, random));
    return in;
  }

  private static double[] gaussian(ValueType t, int samples, Random random) {
    double[] out = new double[t.size() * (t.sampled() ? samples : 1)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out;
  }
}
