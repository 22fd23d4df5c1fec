package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.coupling.Planner;
import dev.advect.nn.Condition;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a training draws from. The arrays are not copied; nobody may write to them.
 *
 * @param rows {@code count * dim} numbers, row by row, in model space
 * @param count how many rows
 * @param conditions {@code count * columns} numbers, the condition of each row as the field is
 *     given it; empty if there is none
 * @param dropout the probability that a sample trains without its condition
 * @param spacing the distance between the levels of discrete data, in model space, one number a
 *     column; with it every drawn row is moved to a random place of its cell
 */
public record TrainingSet(
    float[] rows,
    int count,
    Optional<float[]> conditions,
    double dropout,
    Optional<float[]> spacing) {
  private static final int MAX_ROWS = 1 << 24;

  /** Checks what can be checked without a field. */
  public TrainingSet {
    if (count > MAX_ROWS) {
      throw new AdvectException(
          "there are %d training rows; at most %d can be drawn from".formatted(count, MAX_ROWS),
          "train on a part of them: data.split.train");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "the dropout of conditions must be from 0 to below 1, not " + dropout);
    }
  }

  /** Continuous rows that are conditioned on nothing. */
  public static TrainingSet of(float[] rows, int count) {
    return new TrainingSet(rows, count, Optional.empty(), 0, Optional.empty());
  }

  /** The same rows with a condition each. */
  public TrainingSet on(float[] conditions, double dropout) {
    return new TrainingSet(rows, count, Optional.of(conditions), dropout, spacing);
  }

  /** The same rows, known to be levels so far apart in each column. */
  public TrainingSet dequantized(float[] spacing) {
    return new TrainingSet(rows, count, conditions, dropout, Optional.of(spacing));
  }

  /** The conditions as a planner of couplings sees them. */
  Planner.Conditions planned(Condition condition) {
    return switch (condition) {
      case Condition.None _ -> new Planner.Conditions.None();
      case Condition.Classes _ -> {
        float[] given = conditions.orElseThrow();
        yield new Planner.Conditions.Classes(
            IntStream.range(0, count).map(row -> (int) given[row]).toArray());
      }
      case Condition.Vector(int columns) ->
          new Planner.Conditions.Vectors(conditions.orElseThrow(), columns);
    };
  }

  /** Checks that these are rows for a flow. */
  void requireFits(Flow flow) {
    int dim = flow.dim();
    Condition condition = flow.field().condition();
    if (count < 1 || rows.length != (long) count * dim) {
      throw new IllegalArgumentException(
          "%d rows of dimension %d are not %d numbers".formatted(count, dim, rows.length));
    }
    int given = conditions.map(c -> c.length).orElse(0);
    if (given != (long) count * condition.columns()) {
      throw new IllegalArgumentException(
          "%d conditions of %s are not %d numbers".formatted(count, condition, given));
    }
    if (spacing.isPresent() && spacing.get().length != dim) {
      throw new IllegalArgumentException(
          "%d distances between levels for %d columns".formatted(spacing.get().length, dim));
    }
  }
}
