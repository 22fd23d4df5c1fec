package dev.advect.train;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Condition;
import dev.advect.random.Purpose;
import java.util.Optional;

/**
 * The rows a step of training draws from, as values of its graph.
 *
 * @param data shared[rows, dim], in model space
 * @param spacing shared[dim], the distance between the levels of discrete data that are dequantised
 * @param condition what the field is conditioned on
 * @param conditions shared[rows, columns], the condition of each row; empty if there is none
 * @param dropout the probability that a sample trains without its condition
 */
public record TrainingRows(
    Value data,
    Optional<Value> spacing,
    Condition condition,
    Optional<Value> conditions,
    double dropout) {
  /** Continuous rows that are conditioned on nothing. */
  public static TrainingRows of(Value data) {
    return new TrainingRows(data, Optional.empty(), Condition.none(), Optional.empty(), 0);
  }

  /**
   * A row as it is learnt: at a random place of its cell, drawn anew in each step, if the data are
   * discrete.
   *
   * @param x1 sample[dim], a row of the data
   * @return sample[dim]
   */
  public Value point(Value x1) {
    return spacing
        .map(s -> x1.plus(s.times(x1.trace().uniform(Purpose.DEQUANTIZATION, x1.size()))))
        .orElse(x1);
  }

  /**
   * What the field sees of the condition of a row: its features, or now and then those of no
   * condition, so that the field learns to do without (Ho and Salimans 2022, arXiv 2207.12598,
   * algorithm 1).
   *
   * @param row sample[], which row
   * @return sample[size]; empty if the rows have no conditions
   */
  public Optional<Value> condition(Value row) {
    Trace g = row.trace();
    return conditions
        .map(table -> condition.features(table.gather(row)))
        .map(
            features ->
                dropout == 0
                    ? features
                    : features.times(
                        g.constant(dropout).less(g.uniform(Purpose.CONDITION_DROPOUT))));
  }
}
