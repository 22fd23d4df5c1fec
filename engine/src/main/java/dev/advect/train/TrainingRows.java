package dev.advect.train;

import dev.advect.graph.Value;
import java.util.Optional;

/**
 * The rows a step of training draws from, as values of its graph.
 *
 * @param data shared[rows, dim], in model space
 * @param conditions shared[rows, columns], what each row is conditioned on; empty for a field
 *     without conditions
 */
public record TrainingRows(Value data, Optional<Value> conditions) {
  /** Rows that are conditioned on nothing. */
  public static TrainingRows of(Value data) {
    return new TrainingRows(data, Optional.empty());
  }
}
