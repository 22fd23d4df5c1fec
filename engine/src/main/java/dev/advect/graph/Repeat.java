package dev.advect.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A fixed number of passes over per-sample state: a fixed-step solve, run inside the sample stage.
 *
 * <p>What is written in terms of the carried values outside of the loop means their contents after
 * the last pass. What does not depend on carried values is computed once, before the first pass.
 *
 * <p>A loop may also carry shared <em>totals</em>: they begin as 0 and each pass adds a sum over
 * the samples, which is how the gradient of a shared weight is collected over the steps of a solve.
 * The body itself cannot read a total, so samples stay independent of each other.
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
      if (!c.sampled()) {
        requireTotal(c, initial.get(i), next.get(i));
      }
    }
  }

  private static void requireTotal(Value total, Value initial, Value next) {
    if (!initial.is(0) || addend(total, next).isEmpty()) {
      throw new GraphException(
          "shared %s made at %s must begin as 0 and go on as itself plus a sum over the samples"
              .formatted(GraphPrinter.name(total.op()), total.origin()));
    }
  }

  /** The sum over samples in {@code total + sum}. */
  private static Optional<Value> addend(Value total, Value next) {
    boolean adds = next.op() == Op.Elementwise.ADD && next.args().contains(total);
    return adds
        ? next.args().stream()
            .filter(v -> !v.sampled() && v.args().stream().anyMatch(Value::sampled))
            .findFirst()
        : Optional.empty();
  }

  /** The shared totals, and the sum over samples that each pass adds to them. */
  public SequencedMap<Value, Value> totals() {
    var totals = new LinkedHashMap<Value, Value>();
    for (int i = 0; i < carried.size(); i++) {
      Value c = carried.get(i);
      if (!c.sampled()) {
        totals.put(c, addend(c, next.get(i)).orElseThrow());
      }
    }
    return totals;
  }
}
