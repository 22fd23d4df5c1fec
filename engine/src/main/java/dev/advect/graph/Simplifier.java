package dev.advect.graph;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import java.util.List;

/**
 * Rewrites that hold for every number a program meets: arithmetic with constants, and moving what
 * is shared or constant out of what is per-sample.
 *
 * <p>Differentiation relies on these to stay readable: a cotangent of zero disappears, and the
 * derivative of a selection is one selection. Answers null where nothing applies.
 */
final class Simplifier {
  private Simplifier() {}

  static Value elementwise(Trace g, Elementwise op, List<Value> x) {
    Value a = x.getFirst();
    Value b = x.size() > 1 ? x.get(1) : null;
    return switch (op) {
      case ADD -> {
        if (a.is(0)) {
          yield b;
        }
        if (b.is(0)) {
          yield a;
        }
        yield complementary(g, a, b);
      }
      case SUB -> b.is(0) ? a : a.is(0) ? g.elementwise(Elementwise.NEG, b) : null;
      case MUL -> product(g, a, b);
      case DIV -> a.is(0) || b.is(1) ? a : null;
      case NEG -> {
        if (a.op() instanceof Source.Constant(float c)) {
          yield g.constant(-c, a.type());
        }
        yield a.op() == Elementwise.NEG ? a.arg(0) : null;
      }
      case SELECT -> x.get(1) == x.get(2) ? x.get(1) : null;
      default -> null;
    };
  }

  private static Value product(Trace g, Value a, Value b) {
    if (a.is(0) || b.is(1)) {
      return a;
    }
    if (b.is(0) || a.is(1)) {
      return b;
    }
    if (a.op() instanceof Source.Constant(float p) && b.op() instanceof Source.Constant(float q)) {
      return g.constant(p * q, a.type());
    }
    if (a.is(-1) || b.is(-1)) {
      return g.elementwise(Elementwise.NEG, a.is(-1) ? b : a);
    }
    Value masked = masked(g, a, b);
    masked = masked != null ? masked : masked(g, b, a);
    return masked == null && (constantIn(a) || constantIn(b)) ? reassociated(g, a, b) : masked;
  }

  private static boolean constantIn(Value v) {
    return v.op() instanceof Source.Constant;
  }

  /** c (k x) = (c k) x. */
  private static Value reassociated(Trace g, Value a, Value b) {
    Value c = constantIn(a) ? a : b;
    Value y = c == a ? b : a;
    if (y.op() == Elementwise.MUL && (constantIn(y.arg(0)) || constantIn(y.arg(1)))) {
      Value k = constantIn(y.arg(0)) ? y.arg(0) : y.arg(1);
      Value x = k == y.arg(0) ? y.arg(1) : y.arg(0);
      return g.elementwise(Elementwise.MUL, x, g.elementwise(Elementwise.MUL, k, c));
    }
    return null;
  }

  /** select(c, a, 0) v = select(c, a v, 0): the branch not taken may then be infinite. */
  private static Value masked(Trace g, Value mask, Value v) {
    if (mask.op() != Elementwise.SELECT) {
      return null;
    }
    if (mask.arg(2).is(0)) {
      Value product = g.elementwise(Elementwise.MUL, mask.arg(1), v);
      return g.elementwise(Elementwise.SELECT, mask.arg(0), product, mask.arg(2));
    }
    if (mask.arg(1).is(0)) {
      Value product = g.elementwise(Elementwise.MUL, mask.arg(2), v);
      return g.elementwise(Elementwise.SELECT, mask.arg(0), mask.arg(1), product);
    }
    return null;
  }

  /** select(c, a, 0) + select(c, 0, b) = select(c, a, b): the derivative of a selection. */
  private static Value complementary(Trace g, Value p, Value q) {
    if (p.op() != Elementwise.SELECT || q.op() != Elementwise.SELECT || p.arg(0) != q.arg(0)) {
      return null;
    }
    if (p.arg(2).is(0) && q.arg(1).is(0)) {
      return g.elementwise(Elementwise.SELECT, p.arg(0), p.arg(1), q.arg(2));
    }
    if (p.arg(1).is(0) && q.arg(2).is(0)) {
      return g.elementwise(Elementwise.SELECT, p.arg(0), q.arg(1), p.arg(2));
    }
    return null;
  }

  static Value linear(Trace g, Linear op, List<Value> x) {
    Value a = x.getFirst();
    var out = TypeRules.infer(op, null, x);
    boolean zero =
        switch (op) {
          case Linear.Contract _ -> a.is(0) || x.get(1).is(0);
          case Linear.Concat _ -> x.stream().allMatch(v -> v.is(0));
          default -> a.is(0);
        };
    if (zero) {
      return g.zeros(out);
    }
    return switch (op) {
      case Linear.Spread _, Linear.Slice _, Linear.Reshape _, Linear.Transpose _ ->
          constantIn(a)
              ? g.constant(((Source.Constant) a.op()).value(), out)
              : out.equals(a.type()) && !(op instanceof Linear.Transpose(var order) && moves(order))
                  ? a
                  : spreadLast(g, op, a);
      case Linear.Broadcast(_, var axes) ->
          constantIn(a)
              ? g.constant(((Source.Constant) a.op()).value(), out)
              : axes.isEmpty() ? a : spreadLast(g, op, a);
      case Linear.Pad(_, int before, int after) -> before + after == 0 ? a : null;
      case Linear.Sum(var axes) -> axes.isEmpty() ? a : spreadLast(g, op, a);
      // The two sums commute; samples first leaves less to add up afterwards.
      case Linear.SumSamples _ ->
          a.op() instanceof Linear.Sum(var axes) ? g.sum(g.sumSamples(a.arg(0)), axes) : null;
      case Linear.Concat _ -> x.size() == 1 ? a : null;
      case Linear.Contract c -> contract(g, c, a, x.get(1));
      case Linear.Gather _, Linear.ScatterAdd _ -> null;
    };
  }

  /** Work on a shared value is done once, before it is spread. */
  private static Value spreadLast(Trace g, Linear op, Value a) {
    return a.op() instanceof Linear.Spread && !(op instanceof Linear.Spread)
        ? g.spread(g.linear(op, a.arg(0)))
        : null;
  }

  private static boolean moves(List<Integer> order) {
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i) {
        return true;
      }
    }
    return false;
  }

  /** A contraction that contracts nothing is a product; a shared factor comes second. */
  private static Value contract(Trace g, Linear.Contract c, Value a, Value b) {
    if (a.op() instanceof Linear.Spread && !c.sumSamples() && b.sampled()) {
      return g.contract(c.a(), c.b(), c.out(), false, a.arg(0), b);
    }
    if (b.op() instanceof Linear.Spread && !c.sumSamples() && a.sampled()) {
      return g.contract(c.a(), c.b(), c.out(), false, a, b.arg(0));
    }
    if (!a.sampled() && b.sampled()) {
      return g.contract(c.b(), c.a(), c.out(), c.sumSamples(), b, a);
    }
    boolean product =
        (c.a().equals(c.out()) && c.out().endsWith(c.b()))
            || (c.b().equals(c.out()) && c.out().endsWith(c.a()));
    if (product) {
      Value v = g.elementwise(Elementwise.MUL, a, b);
      return c.sumSamples() ? g.sumSamples(v) : v;
    }
    return null;
  }
}
