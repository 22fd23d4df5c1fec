package dev.advect.backend;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs or the results of a program by their names.
 *
 * @param what one of them is called, such as "result"
 * @param values the values
 * @param names the names in their order
 */
public record Named(String what, Map<String, Value> values, List<String> names) {

  private Named(String what, Map<String, Value> values) {
    this(what, values, List.copyOf(values.keySet()));
  }

  /** The inputs that have no batch axis. */
  public static Named sharedInputs(Graph graph) {
    return new Named("shared input", inputs(graph, false));
  }

  /** The inputs that have one. */
  public static Named sampledInputs(Graph graph) {
    return new Named("per-sample input", inputs(graph, true));
  }

  /** What the program gives back. */
  public static Named results(Graph graph) {
    return new Named("result", graph.results());
  }

  private static Map<String, Value> inputs(Graph graph, boolean sampled) {
    var inputs = new LinkedHashMap<String, Value>();
    for (Value v : graph.values()) {
      if (v.op() instanceof Source.Input(var name) && v.sampled() == sampled) {
        inputs.put(name, v);
      }
    }
    return inputs;
  }

  /**
   * Finds a value.
   *
   * @throws IllegalArgumentException if there is none of this name, saying which there are
   */
  public Value get(String name) {
    Value v = values.get(name);
    if (v == null) {
      throw new IllegalArgumentException(
          "there is no %s '%s', only %s".formatted(what, name, String.join(", ", names())));
    }
    return v;
  }

  /**
   * Finds a value that numbers are given for.
   *
   * @param samples for how many samples; 1 if it has no batch axis
   * @param given how many numbers
   * @throws IllegalArgumentException if these are not as many as it has
   */
  public Value get(String name, int samples, int given) {
    Value v = get(name);
    long needed = (long) samples * v.size();
    if (needed != given) {
      throw new IllegalArgumentException(
          "'%s' : %s needs %d numbers, got %d".formatted(name, v.type(), needed, given));
    }
    return v;
  }
}
