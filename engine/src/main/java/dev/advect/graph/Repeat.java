package dev.advect.graph;

import java.util.List;

/**
 * A fixed number of passes over per-sample state: a fixed-step solve, run inside the sample stage.
 *
 * <p>The graph's results are written in terms of the carried values and mean their contents after
 * the last pass. What does not depend on carried values is computed once, before the first pass.
 *
 * @param times how many passes, at least 0
 * @param carried the carried values ({@link Op.Source.Carry})
 * @param initial their contents before the first pass, same types
 * @param next their contents after a pass in terms of their contents before it, same types
 */
public record Repeat(int times, List<Value> carried, List<Value> initial, List<Value> next) {
  /** Checks that the lists fit together. */
  public Repeat {
    carried = List.copyOf(carried);
    initial = List.copyOf(initial);
    next = List.copyOf(next);
    if (times < 0) {
      throw new GraphException("a loop of " + times + " passes");
    }
    if (carried.size() != initial.size() || carried.size() != next.size()) {
      throw new GraphException(
          "a loop carries %d values, begins with %d and goes on with %d"
              .formatted(carried.size(), initial.size(), next.size()));
    }
    for (int i = 0; i < carried.size(); i++) {
      Value c = carried.get(i);
      if (!(c.op() instanceof Op.Source.Carry)) {
        throw new GraphException("a loop can only carry values made by carry(): " + c);
      }
      for (Value v : List.of(initial.get(i), next.get(i))) {
        if (!v.type().equals(c.type())) {
          throw new GraphException(
              "carried %s : %s becomes %s made at %s"
                  .formatted(GraphPrinter.name(c.op()), c.type(), v.type(), v.origin()));
        }
      }
    }
  }
}
