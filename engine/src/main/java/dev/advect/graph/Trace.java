package dev.advect.graph;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where the values of one program are made: checks their types, simplifies them, merges equal ones.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Trace {
  private record Key(Op op, List<Value> args, ValueType type) {}

  private static final StackWalker WALKER = StackWalker.getInstance();

  private final Map<Key, Value> values = new HashMap<>();

  // ------------------------------------------------------------------ sources

  /** A value from outside. Asking again for the same name and type answers the same value. */
  public Value input(String name, ValueType type) {
    return source(new Source.Input(name), type);
  }

  /** What a {@link Repeat} carries from one pass to the next. */
  public Value carry(String name, int... dims) {
    return source(new Source.Carry(name), ValueType.sample(dims));
  }

  /** A shared total that a {@link Repeat} collects over its passes. */
  public Value total(String name, int... dims) {
    return source(new Source.Carry(name), ValueType.shared(dims));
  }

  /** A shared scalar constant. */
  public Value constant(double value) {
    return constant((float) value, ValueType.shared());
  }

  /** One number everywhere. */
  public Value constant(float value, ValueType type) {
    return source(new Source.Constant(value), type);
  }

  /** Zeros. */
  public Value zeros(ValueType type) {
    return constant(0, type);
  }

  /** Ones. */
  public Value ones(ValueType type) {
    return constant(1, type);
  }

  /** shared[dims]: the index along an axis. */
  public Value iota(int axis, int... dims) {
    return source(new Source.Iota(axis), ValueType.shared(dims));
  }

  /** shared[n, n]: ones on the diagonal. */
  public Value identity(int n) {
    return iota(0, n, n).equal(iota(1, n, n));
  }

  /** shared[]: 1/B, B being the number of samples of the global batch. */
  public Value reciprocalBatch() {
    return source(new Source.Ambient(Source.Ambient.Fact.RECIPROCAL_BATCH), ValueType.shared());
  }

  /** shared[]: the step counter of the run. */
  public Value step() {
    return source(new Source.Ambient(Source.Ambient.Fact.STEP), ValueType.shared());
  }

  /** sample[]: the index of the sample in the global batch. */
  public Value sampleIndex() {
    return source(new Source.SampleIndex(), ValueType.sample());
  }

  /** sample[dims]: uniform on (0, 1]. */
  public Value uniform(int purpose, int... dims) {
    return draw(Distribution.UNIFORM, purpose, 0, dims);
  }

  /** sample[dims]: standard normal. */
  public Value normal(int purpose, int... dims) {
    return draw(Distribution.NORMAL, purpose, 0, dims);
  }

  /** sample[dims]: -1 or 1 with equal probability. */
  public Value rademacher(int purpose, int... dims) {
    return draw(Distribution.RADEMACHER, purpose, 0, dims);
  }

  /** sample[]: a whole number from 0 to bound-1. */
  public Value index(int purpose, int bound) {
    return draw(Distribution.INDEX, purpose, bound);
  }

  private Value draw(Distribution law, int purpose, int bound, int... dims) {
    return source(new Source.Draw(law, purpose, bound), ValueType.sample(dims));
  }

  private Value source(Source op, ValueType type) {
    return make(op, type, List.of());
  }

  // ------------------------------------------------------------------ elementwise

  /**
   * Applies an operation element by element. An argument whose dims are the last dims of the
   * largest is broadcast over the axes it lacks; if any argument is per-sample the rest are spread.
   */
  public Value elementwise(Elementwise op, Value... args) {
    List<Integer> dims = args[0].dims();
    boolean sampled = false;
    for (Value a : args) {
      dims = a.type().rank() > dims.size() ? a.dims() : dims;
      sampled |= a.sampled();
    }
    var fitted = new ArrayList<Value>();
    for (Value a : args) {
      int lacking = dims.size() - a.type().rank();
      if (!dims.subList(lacking, dims.size()).equals(a.dims())) {
        throw new GraphException("the dims do not fit together", op, List.of(args));
      }
      Value b = broadcast(a, dims, IntStream.range(0, lacking).boxed().toList());
      fitted.add(sampled ? spread(b) : b);
    }
    Value simple = Simplifier.elementwise(this, op, fitted);
    return simple != null ? simple : make(op, null, fitted);
  }

  /** The extreme element over axes; {@code ARGMAX} answers its first index along its one axis. */
  public Value extremum(Extremum.Kind kind, Value x, List<Integer> axes) {
    return axes.isEmpty() ? x : make(new Extremum(kind, axes), null, List.of(x));
  }

  // ------------------------------------------------------------------ linear

  /** shared to per-sample; a per-sample value stays as it is. */
  public Value spread(Value x) {
    return x.sampled() ? x : linear(new Linear.Spread(), x);
  }

  /** The sum over the samples of the batch. */
  public Value sumSamples(Value x) {
    return linear(new Linear.SumSamples(), x);
  }

  /** The sum over axes inside a value. */
  public Value sum(Value x, List<Integer> axes) {
    return linear(new Linear.Sum(axes), x);
  }

  /** Repeats along new axes. */
  public Value broadcast(Value x, List<Integer> dims, List<Integer> axes) {
    return axes.isEmpty() && dims.equals(x.dims())
        ? x
        : linear(new Linear.Broadcast(dims, axes), x);
  }

  /** Part of an axis. */
  public Value slice(Value x, int axis, int from, int to) {
    return linear(new Linear.Slice(axis, from, to), x);
  }

  /** Zeros before and after along an axis. */
  public Value pad(Value x, int axis, int before, int after) {
    return linear(new Linear.Pad(axis, before, after), x);
  }

  /** The same elements under other dims. */
  public Value reshape(Value x, List<Integer> dims) {
    return linear(new Linear.Reshape(dims), x);
  }

  /** Reorders axes. */
  public Value transpose(Value x, List<Integer> order) {
    return linear(new Linear.Transpose(order), x);
  }

  /** One after the other along an axis; if any is per-sample the rest are spread. */
  public Value concat(int axis, Value... parts) {
    boolean sampled = Arrays.stream(parts).anyMatch(Value::sampled);
    Value[] fitted = sampled ? Arrays.stream(parts).map(this::spread).toArray(Value[]::new) : parts;
    return linear(new Linear.Concat(axis), fitted);
  }

  /** Rows of a shared table by a per-sample index. */
  public Value gather(Value table, Value index) {
    return linear(new Linear.Gather(), table, index);
  }

  /** Adds every sample's rows into a shared table. */
  public Value scatterAdd(Value x, Value index, int rows) {
    return linear(new Linear.ScatterAdd(rows), x, index);
  }

  /** The product with einsum labels; see {@link Linear.Contract}. */
  public Value contract(String a, String b, String out, boolean sumSamples, Value x, Value y) {
    return linear(new Linear.Contract(a, b, out, sumSamples), x, y);
  }

  /** Applies a linear operation. */
  public Value linear(Linear op, Value... args) {
    List<Value> list = List.of(args);
    Value simple = Simplifier.linear(this, op, list);
    return simple != null ? simple : make(op, null, list);
  }

  // ------------------------------------------------------------------ making

  private Value make(Op op, ValueType declared, List<Value> args) {
    for (Value a : args) {
      if (a.trace() != this) {
        throw new GraphException("a value of another trace", op, args);
      }
    }
    ValueType type = TypeRules.infer(op, declared, args);
    return values.computeIfAbsent(
        new Key(op, List.copyOf(args), type),
        k -> new Value(this, op, k.args(), type, values.size(), origin()));
  }

  /** The first line outside the machinery of tracing and differentiation. */
  private static String origin() {
    return WALKER.walk(
        frames ->
            frames
                .filter(f -> !machinery(f.getClassName()))
                .findFirst()
                .map(f -> f.getFileName() + ":" + f.getLineNumber())
                .orElse("unknown"));
  }

  private static boolean machinery(String name) {
    return name.startsWith("dev.advect.graph.Trace")
        || name.startsWith("dev.advect.graph.Value")
        || name.startsWith("dev.advect.graph.Simplifier")
        || name.startsWith("dev.advect.autodiff.")
        || name.startsWith("java.");
  }
}
