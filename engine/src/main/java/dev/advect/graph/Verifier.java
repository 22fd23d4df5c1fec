package dev.advect.graph;

import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that a graph makes sense as a whole; runs whenever one is made. */
final class Verifier {
  private Verifier() {}

  static void verify(Map<String, Value> results, Map<Value, Value> updates, List<Repeat> loops) {
    List<Value> order = Topology.order(Graph.roots(results, updates, loops));
    if (order.isEmpty()) {
      throw new GraphException("a graph without results or updates");
    }
    Trace trace = order.getFirst().trace();
    Map<String, ValueType> inputs = new HashMap<>();
    Set<Value> carried = new HashSet<>();
    for (Repeat r : loops) {
      for (Value v : r.carried()) {
        if (!carried.add(v)) {
          throw new GraphException("two loops carry " + v + " made at " + v.origin());
        }
      }
    }
    for (Value v : order) {
      if (v.trace() != trace) {
        throw new GraphException("values of two traces: " + v + " made at " + v.origin());
      }
      if (!TypeRules.infer(v.op(), v.type(), v.args()).equals(v.type())) {
        throw new GraphException("the type is wrong: " + v + " made at " + v.origin());
      }
      if (v.op() instanceof Op.Source.Input(String name)) {
        ValueType other = inputs.putIfAbsent(name, v.type());
        if (other != null && !other.equals(v.type())) {
          throw new GraphException(
              "input '%s' is used as %s and as %s".formatted(name, other, v.type()));
        }
      }
      if (v.op() instanceof Op.Source.Carry && !carried.contains(v)) {
        throw new GraphException(v + " made at " + v.origin() + " is not carried by a loop");
      }
    }
    updates.forEach(Verifier::update);
    for (int i = 0; i < loops.size(); i++) {
      loop(loops.get(i), order);
      for (Repeat earlier : loops.subList(0, i)) {
        requireIndependent(earlier, loops.get(i));
      }
    }
  }

  private static void requireIndependent(Repeat earlier, Repeat later) {
    var roots = new ArrayList<>(earlier.initial());
    roots.addAll(earlier.next());
    for (Value v : Topology.order(roots)) {
      if (later.carried().contains(v)) {
        throw new GraphException("a loop depends on " + v + ", which a later loop carries");
      }
    }
  }

  private static void update(Value input, Value next) {
    if (!(input.op() instanceof Op.Source.Input) || input.sampled()) {
      throw new GraphException("only a shared input can be updated, not " + input);
    }
    if (!input.type().equals(next.type())) {
      throw new GraphException(
          "%s : %s is updated with %s made at %s"
              .formatted(GraphPrinter.name(input.op()), input.type(), next.type(), next.origin()));
    }
  }

  private static void loop(Repeat loop, List<Value> order) {
    Set<Value> inside = Topology.dependents(order, loop.carried());
    for (Value v : loop.initial()) {
      if (inside.contains(v)) {
        throw new GraphException("a loop begins with what depends on it: " + v);
      }
    }
    var added = new ArrayList<Value>();
    for (int i = 0; i < loop.next().size(); i++) {
      if (loop.carried().get(i).sampled()) {
        added.add(loop.next().get(i));
      }
    }
    for (Value total : loop.totals().values()) {
      added.addAll(total.args());
    }
    for (Value v : Topology.order(added)) {
      if (inside.contains(v) && !v.sampled()) {
        throw new GraphException(
            "a loop runs sample by sample, but its body sums over samples: %s made at %s"
                .formatted(v, v.origin()));
      }
    }
  }
}
