package dev.advect.graph;

import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What a program computes: named results, new contents for shared inputs, perhaps loops.
 *
 * @param name what it is called in texts
 * @param results what comes out, by name; per-sample results have one row a sample
 * @param updates shared inputs and what they contain after the run
 * @param loops the loops, in the order they run
 */
public record Graph(
    String name,
    SequencedMap<String, Value> results,
    SequencedMap<Value, Value> updates,
    List<Repeat> loops) {

  /** Copies the collections and verifies the whole. */
  public Graph {
    loops = List.copyOf(loops);
    results = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(results));
    updates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(updates));
    Verifier.verify(results, updates, loops);
  }

  /** A graph without updates, with the given loops. */
  public static Graph of(String name, Map<String, Value> results, Repeat... loops) {
    return new Graph(name, new LinkedHashMap<>(results), new LinkedHashMap<>(), List.of(loops));
  }

  /** A graph with one result, named {@code result}. */
  public static Graph of(String name, Value result) {
    return of(name, Map.of("result", result));
  }

  /** Everything that must be computed: what the loops begin and go on with, results, updates. */
  public List<Value> roots() {
    return roots(results, updates, loops);
  }

  static List<Value> roots(
      Map<String, Value> results, Map<Value, Value> updates, List<Repeat> loops) {
    var roots = new ArrayList<Value>();
    for (Repeat r : loops) {
      roots.addAll(r.initial());
      roots.addAll(r.next());
    }
    roots.addAll(results.values());
    roots.addAll(updates.keySet());
    roots.addAll(updates.values());
    return roots;
  }

  /** All values, arguments first. */
  public List<Value> values() {
    return Topology.order(roots());
  }

  /** The inputs by name. */
  public SequencedMap<String, ValueType> inputs() {
    var inputs = new LinkedHashMap<String, ValueType>();
    for (Value v : values()) {
      if (v.op() instanceof Op.Source.Input(String input)) {
        inputs.put(input, v.type());
      }
    }
    return inputs;
  }

  /** The stable text form. */
  @Override
  public String toString() {
    return GraphPrinter.print(this);
  }
}
