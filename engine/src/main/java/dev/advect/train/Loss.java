package dev.advect.train;

import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import java.util.List;

/**
 * A loss as equations.
 *
 * @param value sample[]: per sample, and a mean over dimensions
 * @param loops the loops whose ends it is written in terms of; none for flow matching, the solve
 *     for a likelihood
 */
public record Loss(Value value, List<Repeat> loops) {
  /** Copies the list. */
  public Loss {
    loops = List.copyOf(loops);
  }

  /** A loss without a loop. */
  public static Loss of(Value value) {
    return new Loss(value, List.of());
  }
}
