package dev.advect.backend.reference;

import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Topology;
import dev.advect.graph.Value;
import dev.advect.random.Laws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evaluates a graph in double precision, one obvious loop for each primitive.
 *
 * <p>A per-sample value is {@code [B, dims...]} row-major, a shared one {@code [dims...]}.
 */
public final class Interpreter {
  /**
   * What a run gave.
   *
   * @param results by name
   * @param updates new contents of shared inputs, by name
   */
  public record Outcome(Map<String, double[]> results, Map<String, double[]> updates) {}

  private final Slice slice;
  private final long seed;
  private final Map<String, double[]> inputs;

  private Interpreter(Slice slice, long seed, Map<String, double[]> inputs) {
    this.slice = slice;
    this.seed = seed;
    this.inputs = inputs;
  }

  /** Runs a graph. */
  public static Outcome run(Graph graph, Map<String, double[]> inputs, Slice slice, long seed) {
    var interpreter = new Interpreter(slice, seed, inputs);
    var known = new HashMap<Value, double[]>();
    graph.loops().forEach(r -> interpreter.loop(r, graph, known));
    interpreter.evaluate(graph.roots(), known);
    var results = new LinkedHashMap<String, double[]>();
    graph.results().forEach((name, v) -> results.put(name, known.get(v)));
    var updates = new LinkedHashMap<String, double[]>();
    graph.updates().forEach((in, v) -> updates.put(((Source.Input) in.op()).name(), known.get(v)));
    return new Outcome(results, updates);
  }

  /** Evaluates single values of a graph without a loop. */
  public static Map<Value, double[]> evaluate(
      Collection<Value> roots, Map<String, double[]> inputs, Slice slice, long seed) {
    var known = new HashMap<Value, double[]>();
    new Interpreter(slice, seed, inputs).evaluate(roots, known);
    return known;
  }

  private void loop(Repeat loop, Graph graph, Map<Value, double[]> known) {
    evaluate(loop.initial(), known);
    List<double[]> state = loop.initial().stream().map(known::get).toList();
    Set<Value> inside = Topology.dependents(graph.values(), loop.carried());
    for (int pass = 0; pass <= loop.times(); pass++) {
      known.keySet().removeAll(inside);
      for (int i = 0; i < state.size(); i++) {
        known.put(loop.carried().get(i), state.get(i));
      }
      if (pass < loop.times()) {
        evaluate(loop.next(), known);
        state = loop.next().stream().map(known::get).toList();
      }
    }
  }

  private void evaluate(Collection<Value> roots, Map<Value, double[]> known) {
    for (Value v : Topology.order(roots)) {
      if (!known.containsKey(v)) {
        known.put(v, evaluate(v, v.args().stream().map(known::get).toList()));
      }
    }
  }

  private int rows(Value v) {
    return v.sampled() ? slice.count() : 1;
  }

  private double[] evaluate(Value v, List<double[]> args) {
    return switch (v.op()) {
      case Elementwise e -> elementwise(v, e, args);
      case Linear l -> linear(v, l, args);
      case Extremum x -> extremum(v, x, args.getFirst());
      case Source s -> source(v, s);
    };
  }

  private double[] source(Value v, Source source) {
    int size = v.size();
    double[] out = new double[rows(v) * size];
    switch (source) {
      case Source.Input(var name) -> {
        double[] given = inputs.get(name);
        if (given == null || given.length != out.length) {
          throw new IllegalArgumentException(
              "input '%s' : %s needs %d numbers, got %s"
                  .formatted(
                      name, v.type(), out.length, given == null ? "none" : given.length + ""));
        }
        return given;
      }
      case Source.Carry(var name) ->
          throw new IllegalStateException("carry " + name + " outside of its loop");
      case Source.Constant(float c) -> Arrays.fill(out, c);
      case Source.Iota(int axis) -> {
        int stride = v.type().strides()[axis];
        for (int i = 0; i < out.length; i++) {
          out[i] = i / stride % v.type().dim(axis);
        }
      }
      case Source.Ambient(var fact) ->
          out[0] =
              switch (fact) {
                case RECIPROCAL_BATCH -> 1.0 / slice.of();
                case STEP -> slice.step();
              };
      case Source.SampleIndex _ -> Arrays.setAll(out, s -> slice.first() + s);
      case Source.Draw(var law, int purpose, int bound) -> {
        for (int s = 0; s < slice.count(); s++) {
          for (int e = 0; e < size; e++) {
            out[s * size + e] =
                Laws.element(law, bound, seed, purpose, slice.step(), slice.first() + s, e);
          }
        }
      }
    }
    return out;
  }

  private double[] elementwise(Value v, Elementwise op, List<double[]> args) {
    double[] out = new double[rows(v) * v.size()];
    for (int i = 0; i < out.length; i++) {
      double x = args.get(0)[i];
      double y = op.arity() > 1 ? args.get(1)[i] : 0;
      double z = op.arity() > 2 ? args.get(2)[i] : 0;
      out[i] = apply(op, x, y, z);
    }
    return out;
  }

  /** What an elementwise primitive means. */
  public static double apply(Elementwise op, double x, double y, double z) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case EXPM1 -> Math.expm1(x);
      case SQRT -> Math.sqrt(x);
      case RECIP -> 1 / x;
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case ERF -> Special.erf(x);
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case POW -> Math.pow(x, y);
      case LESS -> x < y ? 1 : 0;
      case EQUAL -> x == y ? 1 : 0;
      case SELECT -> x != 0 ? y : z;
    };
  }

  /** Which element of a value without some axes element i of the whole belongs to. */
  private static int project(int i, Value whole, List<Integer> removed) {
    int[] strides = whole.type().strides();
    int at = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      if (!removed.contains(axis)) {
        at = at * whole.type().dim(axis) + i / strides[axis] % whole.type().dim(axis);
      }
    }
    return at;
  }

  private double[] extremum(Value v, Extremum op, double[] x) {
    Value arg = v.arg(0);
    double[] out = new double[rows(v) * v.size()];
    double[] best = new double[out.length];
    boolean smallest = op.kind() == Extremum.Kind.MIN;
    Arrays.fill(best, smallest ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
    int stride = arg.type().strides()[op.axes().getFirst()];
    for (int s = 0; s < rows(v); s++) {
      for (int i = 0; i < arg.size(); i++) {
        int to = s * v.size() + project(i, arg, op.axes());
        double candidate = x[s * arg.size() + i];
        if (smallest ? candidate < best[to] : candidate > best[to]) {
          best[to] = candidate;
          out[to] = i / stride % arg.type().dim(op.axes().getFirst());
        }
      }
    }
    return op.kind() == Extremum.Kind.ARGMAX ? out : best;
  }

  private double[] linear(Value v, Linear op, List<double[]> args) {
    double[] x = args.getFirst();
    Value arg = v.arg(0);
    int size = v.size();
    int rows = rows(v);
    double[] out = new double[rows * size];
    switch (op) {
      case Linear.Spread _ -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = x[i % size];
        }
      }
      case Linear.SumSamples _ -> {
        for (int i = 0; i < x.length; i++) {
          out[i % size] += x[i];
        }
      }
      case Linear.Sum(var axes) -> {
        for (int i = 0; i < x.length; i++) {
          out[i / arg.size() * size + project(i % arg.size(), arg, axes)] += x[i];
        }
      }
      case Linear.Broadcast(_, var axes) -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = x[i / size * arg.size() + project(i % size, v, axes)];
        }
      }
      case Linear.Slice(int axis, int from, _) -> copyAxis(v, arg, axis, from, x, out, true);
      case Linear.Pad(int axis, int before, _) -> copyAxis(arg, v, axis, before, x, out, false);
      case Linear.Reshape _ -> System.arraycopy(x, 0, out, 0, out.length);
      case Linear.Transpose(var order) -> {
        int[] from = arg.type().strides();
        int[] to = v.type().strides();
        for (int i = 0; i < out.length; i++) {
          int at = i / size * size;
          for (int axis = 0; axis < to.length; axis++) {
            at += i % size / to[axis] % v.type().dim(axis) * from[order.get(axis)];
          }
          out[i] = x[at];
        }
      }
      case Linear.Concat(int axis) -> {
        int at = 0;
        for (int k = 0; k < args.size(); k++) {
          copyAxis(v.arg(k), v, axis, at, args.get(k), out, false);
          at += v.arg(k).type().dim(axis);
        }
      }
      case Linear.Gather _ -> {
        int count = v.arg(1).size();
        int width = size / count;
        for (int i = 0; i < rows * count; i++) {
          int row = row(args.get(1)[i], arg.type().dim(0), v);
          System.arraycopy(x, row * width, out, i * width, width);
        }
      }
      case Linear.ScatterAdd(int table) -> {
        int count = v.arg(1).size();
        int width = arg.size() / count;
        for (int i = 0; i < slice.count() * count; i++) {
          int row = row(args.get(1)[i], table, v);
          for (int k = 0; k < width; k++) {
            out[row * width + k] += x[i * width + k];
          }
        }
      }
      case Linear.Contract c -> contract(v, c, args, out);
    }
    return out;
  }

  private static int row(double index, int rows, Value v) {
    if (index < 0 || index >= rows || index != Math.rint(index)) {
      throw new IndexOutOfBoundsException(
          "row %s of a table of %d, in %s made at %s".formatted(index, rows, v, v.origin()));
    }
    return (int) index;
  }

  /** Copies between a part and a whole that differ in one axis; whole to part if {@code out}. */
  private void copyAxis(
      Value part, Value whole, int axis, int offset, double[] from, double[] to, boolean toPart) {
    int inner = part.type().strides()[axis];
    int width = part.type().dim(axis) * inner;
    int pitch = whole.type().dim(axis) * inner;
    for (int outer = 0; outer < rows(part) * part.size() / width; outer++) {
      int wholeAt = outer * pitch + offset * inner;
      if (toPart) {
        System.arraycopy(from, wholeAt, to, outer * width, width);
      } else {
        System.arraycopy(from, outer * width, to, wholeAt, width);
      }
    }
  }

  private void contract(Value v, Linear.Contract c, List<double[]> args, double[] out) {
    var sizes = new LinkedHashMap<Character, Integer>();
    for (int k = 0; k < 2; k++) {
      String labels = k == 0 ? c.a() : c.b();
      for (int i = 0; i < labels.length(); i++) {
        sizes.put(labels.charAt(i), v.arg(k).type().dim(i));
      }
    }
    List<Character> labels = new ArrayList<>(sizes.keySet());
    int[] size = labels.stream().mapToInt(sizes::get).toArray();
    int[] strideA = strides(labels, c.a(), v.arg(0));
    int[] strideB = strides(labels, c.b(), v.arg(1));
    int[] strideOut = strides(labels, c.out(), v);
    int batch = v.arg(0).sampled() || v.arg(1).sampled() ? slice.count() : 1;
    for (int s = 0; s < batch; s++) {
      int a = v.arg(0).sampled() ? s * v.arg(0).size() : 0;
      int b = v.arg(1).sampled() ? s * v.arg(1).size() : 0;
      int o = v.sampled() ? s * v.size() : 0;
      sum(0, size, strideA, strideB, strideOut, args.get(0), a, args.get(1), b, out, o);
    }
  }

  private static int[] strides(List<Character> labels, String mine, Value v) {
    int[] own = v.type().strides();
    return labels.stream().mapToInt(l -> mine.indexOf(l) < 0 ? 0 : own[mine.indexOf(l)]).toArray();
  }

  private static void sum(
      int k,
      int[] size,
      int[] sa,
      int[] sb,
      int[] so,
      double[] x,
      int a,
      double[] y,
      int b,
      double[] out,
      int o) {
    if (k == size.length) {
      out[o] += x[a] * y[b];
      return;
    }
    for (int i = 0; i < size[k]; i++) {
      sum(k + 1, size, sa, sb, so, x, a + i * sa[k], y, b + i * sb[k], out, o + i * so[k]);
    }
  }
}
