package dev.advect.graph;

import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a program computes: named results, new contents for shared inputs, perhaps a loop.
 *
 * @param name what it is called in texts
 * @param results what comes out, by name; per-sample results have one row a sample
 * @param updates shared inputs and what they contain after the run
 * @param repeat the loop, if there is one
 */
public record Graph(
    String name,
    SequencedMap<String, Value> results,
    SequencedMap<Value, Value> updates,
    Optional<Repeat> repeat) {

  /** Copies the maps and verifies the whole. */
  public Graph {
    results = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(results));
    updates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(updates));
    Verifier.verify(results, updates, repeat);
  }

  /** A graph without updates or loop. */
  public static Graph of(String name, Map<String, Value> results) {
    return new Graph(name, new LinkedHashMap<>(results), new LinkedHashMap<>(), Optional.empty());
  }

  /** A graph with one result, named {@code result}. */
  public static Graph of(String name, Value result) {
    return of(name, Map.of("result", result));
  }

  /**
   * Everything that must be computed: results, updates, and what the loop begins and goes on with.
   */
  public List<Value> roots() {
    return roots(results, updates, repeat);
  }

  static List<Value> roots(
      Map<String, Value> results, Map<Value, Value> updates, Optional<Repeat> repeat) {
    var roots = new ArrayList<Value>();
    repeat.ifPresent(
        r -> {
          roots.addAll(r.initial());
          roots.addAll(r.next());
        });
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
