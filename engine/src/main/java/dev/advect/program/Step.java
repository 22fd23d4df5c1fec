package dev.advect.program;

import dev.advect.graph.Value;
import java.util.List;
import java.util.Optional;

/** One thing a stage does. */
public sealed interface Step {
  /** The group of elementwise operations in it. */
  default Optional<Fused> group() {
    return switch (this) {
      case Fused f -> Optional.of(f);
      case Single(_, var epilogue) -> epilogue;
    };
  }

  /**
   * A group of elementwise operations and sums run as one loop over features; nothing but what is
   * stored or summed leaves registers.
   *
   * @param size how many features the loop runs over
   * @param body the operations, arguments first
   * @param stores those of the body that others read and that must lie in memory
   */
  record Fused(int size, List<Value> body, List<Value> stores) implements Step {
    /** Copies the lists. */
    public Fused {
      body = List.copyOf(body);
      stores = List.copyOf(stores);
    }
  }

  /**
   * One operation.
   *
   * @param value what it computes
   * @param epilogue a group that is run on each part of the value as soon as it is there, while it
   *     is still in the cache
   */
  record Single(Value value, Optional<Fused> epilogue) implements Step {}
}
