package dev.advect.autodiff;

import dev.advect.graph.GraphException;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Topology;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse mode (vjp) and forward mode (jvp), graph to graph.
 *
 * <p>Typing makes both total: the derivative with respect to a shared value is shared (the sum over
 * the samples appears by transposition), with respect to a per-sample value it is per-sample.
 */
public final class Autodiff {
  private Autodiff() {}

  /**
   * Vector-Jacobian product: the cotangents of {@code xs} from those of {@code ys}.
   *
   * @param ys what was computed
   * @param cotangents one for each of {@code ys}, of the same type
   * @param xs with respect to what; values {@code ys} do not depend on get zeros
   * @return one cotangent for each of {@code xs}, of the same type
   */
  public static List<Value> vjp(List<Value> ys, List<Value> cotangents, List<Value> xs) {
    sameTypes(ys, cotangents);
    List<Value> order = Topology.order(ys);
    Set<Value> active = Topology.dependents(order, xs);
    Map<Value, Terms> found = new HashMap<>();
    for (int i = 0; i < ys.size(); i++) {
      Value ct = cotangents.get(i);
      found.computeIfAbsent(ys.get(i), _ -> new Terms()).add(ct, ct.trace().ones(ct.type()));
    }
    for (Value n : order.reversed()) {
      Terms terms = found.get(n);
      if (terms == null || terms.isZero() || !active.contains(n)) {
        continue;
      }
      if (!terms.isSingle() || !(n.op() instanceof Elementwise)) {
        terms = Terms.of(terms.total());
        found.put(n, terms);
      }
      if (!terms.isZero()) {
        pullBack(n, terms, active, found);
      }
    }
    return xs.stream()
        .map(
            x -> {
              Terms terms = found.get(x);
              return terms == null || terms.isZero() ? x.trace().zeros(x.type()) : terms.total();
            })
        .toList();
  }

  private static void pullBack(Value n, Terms terms, Set<Value> active, Map<Value, Terms> found) {
    for (int i = 0; i < n.args().size(); i++) {
      Value a = n.arg(i);
      if (!active.contains(a)) {
        continue;
      }
      Terms to = found.computeIfAbsent(a, _ -> new Terms());
      switch (n.op()) {
        case Elementwise _ -> {
          Value partial = Partials.of(n, i);
          if (partial != null) {
            to.addScaled(terms, partial);
          }
        }
        case Linear op -> {
          if (Transposes.linearIn(op, i)) {
            Value ct = Transposes.of(n, i, terms.total());
            to.add(ct, ct.trace().ones(ct.type()));
          }
        }
        case Extremum op -> {
          if (op.kind() != Extremum.Kind.ARGMAX) {
            Trace g = n.trace();
            Value ct = g.broadcast(terms.total(), a.dims(), op.axes());
            to.add(ct, picked(n, op));
          }
        }
        case Source _ -> throw new IllegalStateException("a source has no arguments: " + n);
      }
    }
  }

  /** Where the picked elements came from: 1 there, shared equally between equal ones. */
  private static Value picked(Value n, Extremum op) {
    Trace g = n.trace();
    Value x = n.arg(0);
    Value mask = x.equal(g.broadcast(n, x.dims(), op.axes()));
    Value count = g.sum(mask, op.axes());
    return mask.over(g.broadcast(count, x.dims(), op.axes()));
  }

  /** The gradient of a shared or per-sample scalar with respect to values. */
  public static List<Value> gradient(Value loss, List<Value> xs) {
    if (loss.type().rank() != 0) {
      throw new GraphException("only a scalar has a gradient", loss.op(), loss.args());
    }
    return vjp(List.of(loss), List.of(loss.trace().ones(loss.type())), xs);
  }

  /**
   * The gradient of a scalar that is written in terms of what a loop leaves.
   *
   * @param loss a shared or per-sample scalar
   * @param xs with respect to what; none of them may depend on what a loop carries
   * @param loops the loops that the loss depends on: none, or one without totals
   * @return the gradient, and the loops to give to the graph in their place
   */
  public static Gradient gradient(Value loss, List<Value> xs, List<Repeat> loops) {
    if (loops.isEmpty()) {
      return new Gradient(gradient(loss, xs), loops);
    }
    Repeat loop = loops.getFirst();
    if (loops.size() > 1 || !loop.totals().isEmpty() || loop.times() == 0) {
      throw new UnsupportedOperationException(
          "a gradient through %d loops, of %d passes and %d totals"
              .formatted(loops.size(), loop.times(), loop.totals().size()));
    }
    return LoopGradient.of(loss, xs, loop);
  }

  /**
   * Jacobian-vector product: the tangents of {@code ys} from those of {@code xs}.
   *
   * <p>A tangent may be a stack: extra dims in front of those of its x, the same for all, and the
   * answers are stacked likewise. With the identity matrix as the stack they are the Jacobian.
   *
   * @param ys what was computed
   * @param xs with respect to what
   * @param tangents one for each of {@code xs}; a shared tangent of a per-sample value is allowed
   * @return one tangent for each of {@code ys}
   */
  public static List<Value> jvp(List<Value> ys, List<Value> xs, List<Value> tangents) {
    List<Integer> lead = lead(xs, tangents);
    Map<Value, Terms> found = new HashMap<>();
    for (int i = 0; i < xs.size(); i++) {
      found.put(xs.get(i), Terms.of(tangents.get(i)));
    }
    for (Value n : Topology.order(ys)) {
      if (found.containsKey(n)) {
        continue;
      }
      var out = new Terms();
      for (int i = 0; i < n.args().size(); i++) {
        Terms t = found.get(n.arg(i));
        if (t != null && !t.isZero()) {
          pushForward(n, i, t, lead, out);
        }
      }
      if (!out.isZero()) {
        found.put(n, out.isSingle() ? out : Terms.of(out.total()));
      }
    }
    return ys.stream()
        .map(
            y -> {
              Terms terms = found.get(y);
              ValueType type = y.type().withDims(Transposes.join(lead, y.dims()));
              return terms == null || terms.isZero()
                  ? y.trace().zeros(type)
                  : y.sampled() ? y.trace().spread(terms.total()) : terms.total();
            })
        .toList();
  }

  private static void pushForward(Value n, int i, Terms t, List<Integer> lead, Terms out) {
    switch (n.op()) {
      case Elementwise _ -> {
        Value partial = Partials.of(n, i);
        if (partial != null) {
          out.addScaled(t, partial);
        }
      }
      case Linear op -> {
        if (Transposes.linearIn(op, i)) {
          Value tangent = Transposes.stacked(n, i, t.total(), lead);
          out.add(tangent, tangent.trace().ones(tangent.type()));
        }
      }
      case Extremum op -> {
        if (op.kind() != Extremum.Kind.ARGMAX) {
          List<Integer> axes = op.axes().stream().map(axis -> axis + lead.size()).toList();
          Value tangent = n.trace().sum(t.total().times(picked(n, op)), axes);
          out.add(tangent, tangent.trace().ones(tangent.type()));
        }
      }
      case Source _ -> throw new IllegalStateException("a source has no arguments: " + n);
    }
  }

  /**
   * Refuses what does not stand for itself: equal constants are one value, and work on a spread
   * value is done before it is spread, so that a derivative by either would miss some of it.
   */
  private static void requireOwn(Value x) {
    if (x.op() instanceof Source.Constant || x.op() instanceof Linear.Spread) {
      throw new GraphException(
          "no derivative by a constant or a spread value; make it an input", x.op(), x.args());
    }
  }

  private static void sameTypes(List<Value> ys, List<Value> cotangents) {
    if (ys.size() != cotangents.size()) {
      throw new GraphException(ys.size() + " values have " + cotangents.size() + " cotangents");
    }
    for (int i = 0; i < ys.size(); i++) {
      if (!ys.get(i).type().equals(cotangents.get(i).type())) {
        throw new GraphException(
            "the cotangent of %s has the type %s".formatted(ys.get(i), cotangents.get(i).type()));
      }
    }
  }

  private static List<Integer> lead(List<Value> xs, List<Value> tangents) {
    if (xs.size() != tangents.size()) {
      throw new GraphException(xs.size() + " values have " + tangents.size() + " tangents");
    }
    List<Integer> lead = null;
    for (int i = 0; i < xs.size(); i++) {
      requireOwn(xs.get(i));
      List<Integer> dims = xs.get(i).dims();
      List<Integer> stacked = tangents.get(i).dims();
      int extra = stacked.size() - dims.size();
      boolean fits =
          extra >= 0
              && stacked.subList(extra, stacked.size()).equals(dims)
              && (xs.get(i).sampled() || !tangents.get(i).sampled())
              && (lead == null || lead.equals(stacked.subList(0, extra)));
      if (!fits) {
        throw new GraphException(
            "the tangent of %s has the type %s".formatted(xs.get(i), tangents.get(i).type()));
      }
      lead = stacked.subList(0, extra);
    }
    return lead == null ? List.of() : lead;
  }
}
