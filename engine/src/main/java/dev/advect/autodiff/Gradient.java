package dev.advect.autodiff;

import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import java.util.List;

/**
 * A gradient, and the loops that a graph needs to compute it.
 *
 * @param values one derivative for each of the values asked for, of the same type
 * @param loops the loops, in the order they run
 */
public record Gradient(List<Value> values, List<Repeat> loops) {
  /** Copies the lists. */
  public Gradient {
    values = List.copyOf(values);
    loops = List.copyOf(loops);
  }
}
