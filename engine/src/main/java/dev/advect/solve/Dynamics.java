package dev.advect.solve;

import dev.advect.graph.Value;
import java.util.List;

/** The right-hand side of an ordinary differential equation for several values at once. */
@FunctionalInterface
public interface Dynamics {
  /**
   * dy/dt at y and t.
   *
   * @param y the state: per-sample values
   * @param t sample[], the time
   * @return one derivative for each value of the state, of the same type
   */
  List<Value> at(List<Value> y, Value t);
}
