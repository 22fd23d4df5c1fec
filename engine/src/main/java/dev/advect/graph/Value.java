package dev.advect.graph;

import dev.advect.graph.Op.Elementwise;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One equation of a traced program: an operation applied to values, and the type of what comes out.
 *
 * <p>Values are made only by a {@link Trace}, which merges equal ones, so identity is equality. The
 * methods here are the vocabulary models are written in, for one sample, as in the papers. In
 * elementwise operations a value whose dims are the last dims of the other's is broadcast over the
 * axes it lacks (a scalar always fits), and a shared value meeting a per-sample one is spread.
 */
public final class Value {
  private final Trace trace;
  private final Op op;
  private final List<Value> args;
  private final ValueType type;
  private final int size;
  private final int id;
  private final String origin;

  Value(Trace trace, Op op, List<Value> args, ValueType type, int id, String origin) {
    this.trace = trace;
    this.op = op;
    this.args = args;
    this.type = type;
    this.size = type.size();
    this.id = id;
    this.origin = origin;
  }

  /** The trace it belongs to. */
  public Trace trace() {
    return trace;
  }

  /** What made it. */
  public Op op() {
    return op;
  }

  /** What it was made from. */
  public List<Value> args() {
    return args;
  }

  /** One argument. */
  public Value arg(int i) {
    return args.get(i);
  }

  /** Its type. */
  public ValueType type() {
    return type;
  }

  /** Its dims. */
  public List<Integer> dims() {
    return type.dims();
  }

  /** Whether every sample has its own. */
  public boolean sampled() {
    return type.sampled();
  }

  /** How many numbers one sample (or the shared value) has. */
  public int size() {
    return size;
  }

  /** The order in which it was made; arguments come first. */
  public int id() {
    return id;
  }

  /** The line of the program that made it. */
  public String origin() {
    return origin;
  }

  /** Whether it is this constant everywhere. */
  public boolean is(float constant) {
    return op instanceof Op.Source.Constant(float c) && c == constant;
  }

  // ------------------------------------------------------------------ elementwise

  /** x + y. */
  public Value plus(Value y) {
    return trace.elementwise(Elementwise.ADD, this, y);
  }

  /** x + c. */
  public Value plus(double c) {
    return plus(trace.constant(c));
  }

  /** x - y. */
  public Value minus(Value y) {
    return trace.elementwise(Elementwise.SUB, this, y);
  }

  /** x - c. */
  public Value minus(double c) {
    return minus(trace.constant(c));
  }

  /** x y. */
  public Value times(Value y) {
    return trace.elementwise(Elementwise.MUL, this, y);
  }

  /** c x. */
  public Value times(double c) {
    return times(trace.constant(c));
  }

  /** x / y. */
  public Value over(Value y) {
    return trace.elementwise(Elementwise.DIV, this, y);
  }

  /** The larger of x and y; at a tie the derivative is shared equally. */
  public Value max(Value y) {
    return trace.elementwise(Elementwise.MAX, this, y);
  }

  /** The larger of x and c. */
  public Value max(double c) {
    return max(trace.constant(c));
  }

  /** The smaller of x and y; at a tie the derivative is shared equally. */
  public Value min(Value y) {
    return trace.elementwise(Elementwise.MIN, this, y);
  }

  /** The smaller of x and c. */
  public Value min(double c) {
    return min(trace.constant(c));
  }

  /** x to the power y, for x &gt; 0. */
  public Value pow(Value y) {
    return trace.elementwise(Elementwise.POW, this, y);
  }

  /** 1 where x &lt; y, else 0. */
  public Value less(Value y) {
    return trace.elementwise(Elementwise.LESS, this, y);
  }

  /** 1 where x equals y, else 0. */
  public Value equal(Value y) {
    return trace.elementwise(Elementwise.EQUAL, this, y);
  }

  /** This being a condition: a where it is not 0, else b. */
  public Value select(Value a, Value b) {
    return trace.elementwise(Elementwise.SELECT, this, a, b);
  }

  /** -x. */
  public Value neg() {
    return trace.elementwise(Elementwise.NEG, this);
  }

  /** |x|. */
  public Value abs() {
    return trace.elementwise(Elementwise.ABS, this);
  }

  /** The sign of x: -1, 0 or 1. */
  public Value sign() {
    return trace.elementwise(Elementwise.SIGN, this);
  }

  /** e^x. */
  public Value exp() {
    return trace.elementwise(Elementwise.EXP, this);
  }

  /** ln x. */
  public Value log() {
    return trace.elementwise(Elementwise.LOG, this);
  }

  /** ln(1+x). */
  public Value log1p() {
    return trace.elementwise(Elementwise.LOG1P, this);
  }

  /** e^x - 1. */
  public Value expm1() {
    return trace.elementwise(Elementwise.EXPM1, this);
  }

  /** The square root. */
  public Value sqrt() {
    return trace.elementwise(Elementwise.SQRT, this);
  }

  /** 1/x. */
  public Value recip() {
    return trace.elementwise(Elementwise.RECIP, this);
  }

  /** sin x. */
  public Value sin() {
    return trace.elementwise(Elementwise.SIN, this);
  }

  /** cos x. */
  public Value cos() {
    return trace.elementwise(Elementwise.COS, this);
  }

  /** tanh x. */
  public Value tanh() {
    return trace.elementwise(Elementwise.TANH, this);
  }

  /** 1/(1+e^-x). */
  public Value sigmoid() {
    return trace.elementwise(Elementwise.SIGMOID, this);
  }

  /** The error function. */
  public Value erf() {
    return trace.elementwise(Elementwise.ERF, this);
  }

  /** x^2. */
  public Value square() {
    return times(this);
  }

  // ------------------------------------------------------------------ structure

  /** The sum over the given axes inside a sample; none given: over all. */
  public Value sum(int... axes) {
    return trace.sum(this, axes.length == 0 ? allAxes() : boxed(axes));
  }

  /** The mean over the given axes inside a sample; none given: over all. */
  public Value mean(int... axes) {
    Value sum = sum(axes);
    return sum.times((double) sum.size() / size());
  }

  /** The largest element over the given axes; none given: over all. */
  public Value maxOver(int... axes) {
    return trace.extremum(Op.Extremum.Kind.MAX, this, axes.length == 0 ? allAxes() : boxed(axes));
  }

  /** The smallest element over the given axes; none given: over all. */
  public Value minOver(int... axes) {
    return trace.extremum(Op.Extremum.Kind.MIN, this, axes.length == 0 ? allAxes() : boxed(axes));
  }

  /** The first index of the largest element along an axis. */
  public Value argMax(int axis) {
    return trace.extremum(Op.Extremum.Kind.ARGMAX, this, List.of(axis));
  }

  /** The sum over the samples of the batch. */
  public Value sumSamples() {
    return trace.sumSamples(this);
  }

  /** The mean over the samples of the global batch. */
  public Value meanSamples() {
    return times(trace.reciprocalBatch()).sumSamples();
  }

  /** A shared value as a per-sample one. */
  public Value spread() {
    return trace.spread(this);
  }

  /** Repeats along a new axis: the result's axis {@code axis} has {@code n} equal elements. */
  public Value repeat(int axis, int n) {
    var dims = new ArrayList<>(dims());
    dims.add(axis, n);
    return trace.broadcast(this, dims, List.of(axis));
  }

  /** A scalar repeated to dims. */
  public Value stretch(List<Integer> dims) {
    return trace.broadcast(this, dims, IntStream.range(0, dims.size()).boxed().toList());
  }

  /** Elements from (inclusive) to (exclusive) along an axis. */
  public Value slice(int axis, int from, int to) {
    return trace.slice(this, axis, from, to);
  }

  /** Zeros before and after along an axis. */
  public Value pad(int axis, int before, int after) {
    return trace.pad(this, axis, before, after);
  }

  /** The same elements in row-major order under other dims. */
  public Value reshape(int... dims) {
    return trace.reshape(this, boxed(dims));
  }

  /** Axis i of the result is axis order[i] of this. */
  public Value transpose(int... order) {
    return trace.transpose(this, boxed(order));
  }

  /** Rows of this shared table picked by a per-sample index. */
  public Value gather(Value index) {
    return trace.gather(this, index);
  }

  /**
   * The product with einsum labels, for example {@code x.dot("i", w, "oi", "o")} for W x.
   *
   * @param mine one letter for each axis of this
   * @param other the other factor
   * @param theirs one letter for each axis of the other
   * @param out the letters of the result; a letter that is missing is summed over
   */
  public Value dot(String mine, Value other, String theirs, String out) {
    return trace.contract(mine, theirs, out, false, this, other);
  }

  private List<Integer> allAxes() {
    return IntStream.range(0, type.rank()).boxed().toList();
  }

  private static List<Integer> boxed(int[] a) {
    return Arrays.stream(a).boxed().toList();
  }

  @Override
  public String toString() {
    return "%" + id + " = " + GraphPrinter.name(op) + " : " + type;
  }
}
