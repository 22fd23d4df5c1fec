package dev.advect.autodiff;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.stream.IntStream;

/** The transposes of the linear primitives, and their application to stacks of tangents. */
final class Transposes {
  private Transposes() {}

  /** Which arguments a linear primitive is linear in; the rest are indices. */
  static boolean linearIn(Linear op, int i) {
    return switch (op) {
      case Linear.Gather _, Linear.ScatterAdd _ -> i == 0;
      case Linear.Spread _,
          Linear.SumSamples _,
          Linear.Sum _,
          Linear.Broadcast _,
          Linear.Slice _,
          Linear.Pad _,
          Linear.Reshape _,
          Linear.Transpose _,
          Linear.Concat _,
          Linear.Contract _ ->
          true;
    };
  }

  /**
   * The adjoint in argument i: the cotangent of {@code n.arg(i)} from the cotangent of {@code n}.
   * It always has the argument's own type, sampledness included.
   */
  static Value of(Value n, int i, Value ct) {
    Trace g = n.trace();
    ValueType t = n.arg(i).type();
    return switch ((Linear) n.op()) {
      case Linear.Spread _ -> g.sumSamples(ct);
      case Linear.SumSamples _ -> g.spread(ct);
      case Linear.Sum(var axes) -> g.broadcast(ct, t.dims(), axes);
      case Linear.Broadcast(_, var axes) -> g.sum(ct, axes);
      case Linear.Slice(int axis, int from, int to) -> g.pad(ct, axis, from, t.dim(axis) - to);
      case Linear.Pad(int axis, int before, _) -> g.slice(ct, axis, before, before + t.dim(axis));
      case Linear.Reshape _ -> g.reshape(ct, t.dims());
      case Linear.Transpose(var order) -> g.transpose(ct, inverse(order));
      case Linear.Concat(int axis) -> {
        int from = 0;
        for (int k = 0; k < i; k++) {
          from += n.arg(k).type().dim(axis);
        }
        yield g.slice(ct, axis, from, from + t.dim(axis));
      }
      case Linear.Gather _ -> g.scatterAdd(ct, n.arg(1), t.dim(0));
      case Linear.ScatterAdd _ -> g.gather(ct, n.arg(1));
      case Linear.Contract(var a, var b, var out, _) -> {
        Value other = n.arg(1 - i);
        boolean sum = !t.sampled() && (ct.sampled() || other.sampled());
        // A cotangent of a sum over samples is shared, its factors are not: spread it first.
        Value from = sum && !ct.sampled() ? g.spread(ct) : ct;
        Value with = sum && !other.sampled() ? g.spread(other) : other;
        yield i == 0
            ? g.contract(out, b, a, sum, from, with)
            : g.contract(out, a, b, sum, from, with);
      }
    };
  }

  private static List<Integer> inverse(List<Integer> order) {
    return IntStream.range(0, order.size()).map(order::indexOf).boxed().toList();
  }

  /**
   * The primitive applied to a stack of tangents of argument i: {@code lead} are the dims of the
   * stack, in front of the argument's own.
   */
  static Value stacked(Value n, int i, Value tangent, List<Integer> lead) {
    Trace g = n.trace();
    int k = lead.size();
    return switch ((Linear) n.op()) {
      case Linear.Spread _ -> g.spread(tangent);
      case Linear.SumSamples _ -> g.sumSamples(g.spread(tangent));
      case Linear.Sum(var axes) -> g.sum(tangent, shift(axes, k));
      case Linear.Broadcast(var dims, var axes) ->
          g.broadcast(tangent, join(lead, dims), shift(axes, k));
      case Linear.Slice(int axis, int from, int to) -> g.slice(tangent, axis + k, from, to);
      case Linear.Pad(int axis, int before, int after) -> g.pad(tangent, axis + k, before, after);
      case Linear.Reshape(var dims) -> g.reshape(tangent, join(lead, dims));
      case Linear.Transpose(var order) ->
          g.transpose(tangent, join(IntStream.range(0, k).boxed().toList(), shift(order, k)));
      case Linear.Concat(int axis) -> {
        Value[] parts = new Value[n.args().size()];
        for (int p = 0; p < parts.length; p++) {
          ValueType t = n.arg(p).type();
          parts[p] = p == i ? tangent : g.zeros(tangent.type().withDims(join(lead, t.dims())));
        }
        yield g.concat(axis + k, parts);
      }
      case Linear.Gather _ -> {
        require(k == 0, n);
        yield g.gather(tangent, n.arg(1));
      }
      case Linear.ScatterAdd(int rows) -> {
        require(k == 0, n);
        yield g.scatterAdd(tangent, n.arg(1), rows);
      }
      case Linear.Contract(var a, var b, var out, boolean sum) -> {
        String fresh = fresh(a + b + out, k);
        Value other = n.arg(1 - i);
        Value from = sum ? g.spread(tangent) : tangent;
        yield i == 0
            ? g.contract(fresh + a, b, fresh + out, sum, from, other)
            : g.contract(a, fresh + b, fresh + out, sum, other, from);
      }
    };
  }

  private static void require(boolean holds, Value n) {
    if (!holds) {
      throw new UnsupportedOperationException(
          "a stack of tangents cannot pass through " + n + " made at " + n.origin());
    }
  }

  private static List<Integer> shift(List<Integer> axes, int by) {
    return axes.stream().map(axis -> axis + by).toList();
  }

  static List<Integer> join(List<Integer> a, List<Integer> b) {
    var out = new java.util.ArrayList<>(a);
    out.addAll(b);
    return out;
  }

  private static String fresh(String used, int count) {
    var out = new StringBuilder();
    for (char c = 'A'; out.length() < count; c++) {
      if (used.indexOf(c) < 0) {
        out.append(c);
      }
    }
    return out.toString();
  }
}
