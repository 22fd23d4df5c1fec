package dev.advect.coupling;

import dev.advect.AdvectException;
import dev.advect.coupling.PlannedCoupling.Partners;
import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import dev.advect.transport.SquaredDistances;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Makes the pairs of a planned coupling for the batch of any step, as a pure function of seed and
 * step.
 *
 * <p>Source points and rows are drawn as the independent coupling draws them, with the same bits;
 * only who goes with whom is changed. Safe for use by several threads at once.
 */
public final class Planner {
  /** The largest batch there are plans for: the costs of more pairs take seconds a step. */
  public static final int MAX_BATCH = 4096;

  /** Where source points come from. */
  @FunctionalInterface
  public interface Source {
    /** {@code count} points for a step, point by point: a pure function of the arguments. */
    float[] draw(long seed, long step, int count);

    /** N(0, I): the draws of the independent coupling. */
    static Source standardNormal(int dim) {
      return (seed, step, count) -> Draws.normal(seed, Purpose.SOURCE, step, count, dim);
    }
  }

  /** What the rows are conditioned on, and so must not be tied to the source by a plan. */
  public sealed interface Conditions {
    /** Nothing. */
    record None() implements Conditions {}

    /** A class each: plans are made within the classes. */
    record Classes(int[] labels) implements Conditions {}

    /**
     * A vector each: plans see how far apart they are.
     *
     * @param values {@code rows * columns} numbers
     */
    record Vectors(float[] values, int columns) implements Conditions {}
  }

  /**
   * The pairs of one batch.
   *
   * @param x0 {@code batch * dim} numbers, the source points
   * @param row of each sample the row of the data, as an input of a graph has it
   */
  public record Plan(float[] x0, float[] row) {}

  private final PlannedCoupling coupling;
  private final Source source;
  private final float[] data;
  private final int rows;
  private final int dim;
  private final Conditions conditions;

  /**
   * A planner for some data, which are not copied.
   *
   * @param data {@code rows * dim} numbers, in model space
   */
  public Planner(
      PlannedCoupling coupling, Source source, float[] data, int rows, Conditions conditions) {
    this.coupling = coupling;
    this.source = source;
    this.data = data;
    this.rows = rows;
    this.dim = data.length / rows;
    this.conditions = conditions;
    int given =
        switch (conditions) {
          case Conditions.None _ -> rows;
          case Conditions.Classes(int[] labels) -> labels.length;
          case Conditions.Vectors(float[] values, int columns) -> values.length / columns;
        };
    if (data.length != (long) rows * dim || given != rows) {
      throw new IllegalArgumentException(
          "%d numbers and %d conditions for %d rows".formatted(data.length, given, rows));
    }
  }

  /** A planner that starts from a standard normal and has no conditions. */
  public static Planner of(PlannedCoupling coupling, float[] data, int rows) {
    return new Planner(
        coupling, Source.standardNormal(data.length / rows), data, rows, new Conditions.None());
  }

  /**
   * Checks that plans for a batch can be had in reasonable time.
   *
   * @throws AdvectException with the numbers
   */
  public static void requireBatch(int batch) {
    if (batch > MAX_BATCH) {
      throw new AdvectException(
          "a batch of %d is too large to couple: a plan weighs %,d pairs, in every step"
              .formatted(batch, (long) batch * batch),
          "take a batch of at most %d; a few hundred are enough for straight paths"
              .formatted(MAX_BATCH));
    }
  }

  /**
   * The pairs of a step.
   *
   * @param batch how many
   * @throws AdvectException if the data are not finite, or the coupling finds no plan
   */
  public Plan plan(long seed, long step, int batch) {
    requireBatch(batch);
    float[] x0 = source.draw(seed, step, batch);
    int[] row = Draws.index(seed, Purpose.DATA_INDEX, step, batch, rows);
    int[] from = IntStream.range(0, batch).toArray();
    if (coupling.resample()) {
      from = Draws.index(seed, Purpose.PLAN_SOURCE, step, batch, batch);
    }
    float[] u = Draws.uniform(seed, Purpose.PLAN_TARGET, step, batch);
    Block[] blocks = new Block[batch];
    int[] place = new int[batch];
    for (int[] members : blocks(row)) {
      var block = new Block(members, coupling.partners(costs(x0, row, members)));
      for (int k = 0; k < members.length; k++) {
        blocks[members[k]] = block;
        place[members[k]] = k;
      }
    }
    float[] pairedX0 = coupling.resample() ? new float[x0.length] : x0;
    float[] pairedRow = new float[batch];
    for (int s = 0; s < batch; s++) {
      int i = from[s];
      int j = blocks[i].members[blocks[i].partners.of(place[i], u[s])];
      pairedRow[s] = row[j];
      if (coupling.resample()) {
        System.arraycopy(x0, i * dim, pairedX0, s * dim, dim);
      }
    }
    return new Plan(pairedX0, pairedRow);
  }

  /** Samples that are planned together, and how. */
  private record Block(int[] members, Partners partners) {}

  /** The samples of a batch, divided into those that may be paired with each other. */
  private List<int[]> blocks(int[] row) {
    return switch (conditions) {
      case Conditions.None _, Conditions.Vectors _ ->
          List.of(IntStream.range(0, row.length).toArray());
      case Conditions.Classes(int[] labels) -> {
        Map<Integer, IntStream.Builder> byLabel = new LinkedHashMap<>();
        for (int s = 0; s < row.length; s++) {
          byLabel.computeIfAbsent(labels[row[s]], _ -> IntStream.builder()).add(s);
        }
        yield byLabel.values().stream().map(members -> members.build().toArray()).toList();
      }
    };
  }

  /** |x0_i - x1_j|^2, and beta |c_i - c_j|^2 as more coordinates, scaled by sqrt(beta). */
  private SquaredDistances costs(float[] x0, int[] row, int[] members) {
    int columns = conditions instanceof Conditions.Vectors v ? v.columns : 0;
    float scale = (float) Math.sqrt(coupling.conditionWeight());
    int width = dim + (scale == 0 ? 0 : columns);
    float[] x = new float[members.length * width];
    float[] y = new float[members.length * width];
    for (int k = 0; k < members.length; k++) {
      int s = members[k];
      System.arraycopy(x0, s * dim, x, k * width, dim);
      System.arraycopy(data, row[s] * dim, y, k * width, dim);
      if (width > dim && conditions instanceof Conditions.Vectors(float[] values, _)) {
        for (int c = 0; c < columns; c++) {
          float value = scale * values[row[s] * columns + c];
          x[k * width + dim + c] = value;
          y[k * width + dim + c] = value;
        }
      }
    }
    return SquaredDistances.between(x, y, width);
  }

  @Override
  public String toString() {
    return "Planner[%s, %d rows, %s]"
        .formatted(
            coupling.json(),
            rows,
            switch (conditions) {
              case Conditions.None _ -> "unconditional";
              case Conditions.Classes(int[] labels) ->
                  Arrays.stream(labels).distinct().count() + " classes";
              case Conditions.Vectors(_, int columns) -> columns + " numbers a condition";
            });
  }
}
