package dev.advect.graph;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The typing of every primitive: what comes out of an operation on given argument types.
 *
 * <p>One function, used when a value is made and again by the {@link Verifier}; a null answer never
 * happens, nonsense throws {@link GraphException}. Sources carry their own types and are checked
 * rather than inferred.
 */
final class TypeRules {
  private TypeRules() {}

  static ValueType infer(Op op, ValueType declared, List<Value> args) {
    return switch (op) {
      case Elementwise e -> elementwise(e, args);
      case Linear l -> linear(l, args);
      case Extremum x -> extremum(x, args);
      case Source s -> source(s, declared, args);
    };
  }

  private static ValueType source(Source op, ValueType declared, List<Value> args) {
    if (!args.isEmpty()) {
      throw new GraphException("a source takes no arguments", op, args);
    }
    boolean fits =
        switch (op) {
          case Source.Input _, Source.Constant _, Source.Carry _ -> true;
          case Source.Ambient _ -> !declared.sampled() && declared.rank() == 0;
          case Source.Iota(int axis) -> !declared.sampled() && axis >= 0 && axis < declared.rank();
          case Source.SampleIndex _ -> declared.sampled() && declared.rank() == 0;
          case Source.Draw(var law, int purpose, int bound) ->
              declared.sampled()
                  && purpose >= 0
                  && purpose < 1 << 16
                  && (law == Distribution.INDEX ? bound >= 1 && bound <= 1 << 24 : bound == 0);
        };
    if (!fits) {
      throw new GraphException("a source cannot have the type " + declared, op, args);
    }
    return declared;
  }

  private static ValueType elementwise(Elementwise op, List<Value> args) {
    require(args.size() == op.arity(), op.arity() + " arguments expected", op, args);
    for (Value a : args) {
      require(a.type().equals(args.getFirst().type()), "the types differ", op, args);
    }
    return args.getFirst().type();
  }

  private static ValueType extremum(Extremum op, List<Value> args) {
    require(args.size() == 1, "one argument expected", op, args);
    require(
        op.kind() != Extremum.Kind.ARGMAX || op.axes().size() == 1, "one axis expected", op, args);
    return args.getFirst().type().withDims(without(op, op.axes(), args));
  }

  private static ValueType linear(Linear op, List<Value> args) {
    int arity =
        switch (op) {
          case Linear.Contract _, Linear.Gather _, Linear.ScatterAdd _ -> 2;
          case Linear.Concat _ -> Math.max(1, args.size());
          default -> 1;
        };
    require(args.size() == arity, arity + " arguments expected", op, args);
    ValueType t = args.getFirst().type();
    return switch (op) {
      case Linear.Spread _ -> {
        require(!t.sampled(), "only a shared value can be spread", op, args);
        yield t.as(true);
      }
      case Linear.SumSamples _ -> {
        require(t.sampled(), "only a per-sample value can be summed over samples", op, args);
        yield t.as(false);
      }
      case Linear.Sum(var axes) -> t.withDims(without(op, axes, args));
      case Linear.Broadcast(var dims, var axes) -> {
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < dims.size(); i++) {
          if (!axes.contains(i)) {
            kept.add(dims.get(i));
          }
        }
        require(
            kept.equals(t.dims()) && new HashSet<>(axes).size() == dims.size() - t.rank(),
            "dims " + dims + " without the new axes " + axes + " are " + kept,
            op,
            args);
        yield t.withDims(dims);
      }
      case Linear.Slice(int axis, int from, int to) -> {
        axis(axis, op, args);
        require(
            0 <= from && from < to && to <= t.dim(axis),
            "axis " + axis + " has " + t.dim(axis) + " elements",
            op,
            args);
        yield t.withDims(replace(t.dims(), axis, to - from));
      }
      case Linear.Pad(int axis, int before, int after) -> {
        axis(axis, op, args);
        require(before >= 0 && after >= 0, "padding is negative", op, args);
        yield t.withDims(replace(t.dims(), axis, before + t.dim(axis) + after));
      }
      case Linear.Reshape(var dims) -> {
        ValueType out = t.withDims(dims);
        require(out.size() == t.size(), t.size() + " elements do not fill " + dims, op, args);
        yield out;
      }
      case Linear.Transpose(var order) -> {
        var dims = new ArrayList<Integer>();
        for (int axis : order) {
          axis(axis, op, args);
          dims.add(t.dim(axis));
        }
        require(
            new HashSet<>(order).size() == t.rank() && order.size() == t.rank(),
            order + " is no order of " + t.rank() + " axes",
            op,
            args);
        yield t.withDims(dims);
      }
      case Linear.Concat(int axis) -> {
        axis(axis, op, args);
        int total = 0;
        for (Value a : args) {
          require(
              a.type().rank() == t.rank()
                  && a.sampled() == t.sampled()
                  && replace(a.dims(), axis, 1).equals(replace(t.dims(), axis, 1)),
              "all but axis " + axis + " must agree",
              op,
              args);
          total += a.type().dim(axis);
        }
        yield t.withDims(replace(t.dims(), axis, total));
      }
      case Linear.Gather _ -> {
        ValueType index = args.get(1).type();
        require(
            !t.sampled() && t.rank() >= 1 && index.sampled(),
            "a shared table and a per-sample index expected",
            op,
            args);
        require(t.dim(0) <= 1 << 24, "a table has at most 2^24 rows", op, args);
        var dims = new ArrayList<>(index.dims());
        dims.addAll(t.dims().subList(1, t.rank()));
        yield new ValueType(true, dims);
      }
      case Linear.ScatterAdd(int rows) -> {
        ValueType index = args.get(1).type();
        require(
            t.sampled()
                && index.sampled()
                && index.rank() <= t.rank()
                && t.dims().subList(0, index.rank()).equals(index.dims()),
            "a per-sample value whose first dims are the index's expected",
            op,
            args);
        var dims = new ArrayList<>(List.of(rows));
        dims.addAll(t.dims().subList(index.rank(), t.rank()));
        yield new ValueType(false, dims);
      }
      case Linear.Contract c -> contract(c, args);
    };
  }

  private static ValueType contract(Linear.Contract op, List<Value> args) {
    Value a = args.get(0);
    Value b = args.get(1);
    require(
        op.a().length() == a.type().rank() && op.b().length() == b.type().rank(),
        "one letter for each axis expected",
        op,
        args);
    require(
        !op.sumSamples() || (a.sampled() && b.sampled()),
        "a contraction over samples needs two per-sample arguments",
        op,
        args);
    Map<Character, Integer> sizes = new HashMap<>();
    sizes(op, op.a(), a, sizes, args);
    sizes(op, op.b(), b, sizes, args);
    for (char c : (op.a() + op.b() + op.out()).toCharArray()) {
      int places =
          (op.a().indexOf(c) >= 0 ? 1 : 0)
              + (op.b().indexOf(c) >= 0 ? 1 : 0)
              + (op.out().indexOf(c) >= 0 ? 1 : 0);
      require(places >= 2, "label '" + c + "' occurs once: sum it first", op, args);
      require(sizes.containsKey(c), "label '" + c + "' has no size", op, args);
    }
    for (String labels : List.of(op.a(), op.b(), op.out())) {
      require(
          labels.chars().distinct().count() == labels.length(),
          "a label is repeated in " + labels,
          op,
          args);
    }
    boolean sampled = (a.sampled() || b.sampled()) && !op.sumSamples();
    return new ValueType(sampled, op.out().chars().mapToObj(c -> sizes.get((char) c)).toList());
  }

  private static void sizes(
      Linear.Contract op, String labels, Value v, Map<Character, Integer> sizes, List<Value> args) {
    for (int i = 0; i < labels.length(); i++) {
      Integer known = sizes.putIfAbsent(labels.charAt(i), v.type().dim(i));
      require(
          known == null || known == v.type().dim(i),
          "label '" + labels.charAt(i) + "' is " + known + " and " + v.type().dim(i),
          op,
          args);
    }
  }

  private static List<Integer> without(Op op, List<Integer> axes, List<Value> args) {
    ValueType t = args.getFirst().type();
    axes.forEach(axis -> axis(axis, op, args));
    require(new HashSet<>(axes).size() == axes.size(), "an axis is repeated", op, args);
    var dims = new ArrayList<Integer>();
    for (int i = 0; i < t.rank(); i++) {
      if (!axes.contains(i)) {
        dims.add(t.dim(i));
      }
    }
    return dims;
  }

  private static void axis(int axis, Op op, List<Value> args) {
    int rank = args.getFirst().type().rank();
    require(axis >= 0 && axis < rank, "there is no axis " + axis + " of " + rank, op, args);
  }

  private static List<Integer> replace(List<Integer> dims, int axis, int size) {
    var out = new ArrayList<>(dims);
    out.set(axis, size);
    return out;
  }

  private static void require(boolean holds, String problem, Op op, List<Value> args) {
    if (!holds) {
      throw new GraphException(problem, op, args);
    }
  }
}
