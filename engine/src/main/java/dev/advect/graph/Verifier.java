package dev.advect.graph;

import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that a graph makes sense as a whole; runs whenever one is made. */
final class Verifier {
  private Verifier() {}

  static void verify(
      Map<String, Value> results, Map<Value, Value> updates, Optional<Repeat> repeat) {
    List<Value> order = Topology.order(Graph.roots(results, updates, repeat));
    if (order.isEmpty()) {
      throw new GraphException("a graph without results or updates");
    }
    Trace trace = order.getFirst().trace();
    Map<String, ValueType> inputs = new HashMap<>();
    Set<Value> carried = repeat.map(r -> (Set<Value>) new HashSet<>(r.carried())).orElse(Set.of());
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
        throw new GraphException(v + " made at " + v.origin() + " is not carried by the loop");
      }
    }
    updates.forEach(Verifier::update);
    repeat.ifPresent(r -> loop(r, order));
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
    var bridges = new ArrayList<Value>();
    for (Value v : Topology.order(loop.next())) {
      if (inside.contains(v) && !v.sampled()) {
        bridges.add(v);
      }
    }
    if (!bridges.isEmpty()) {
      throw new GraphException(
          "a loop runs sample by sample, but its body sums over samples: "
              + bridges.getFirst()
              + " made at "
              + bridges.getFirst().origin());
    }
  }
}
