package dev.advect.data;

import dev.advect.AdvectException;
import java.util.Arrays;
import java.util.List;

/**
 * A table cut into a training, a validation and a test part without common rows.
 *
 * <p>The rows are put in an order that depends on the seed and their number only (Fisher and Yates,
 * with the generator of row 0 of that seed); the training part takes the first rows of that order,
 * the validation part the next, the test part those after it. Rows that no part asks for are left
 * out.
 *
 * @param train at least one row
 * @param validation possibly without rows
 * @param test possibly without rows
 */
public record Split(Table train, Table validation, Table test) {
  /** The seed of a split when none is given. */
  public static final long DEFAULT_SEED = 0;

  /** How many rows a part takes. */
  public sealed interface Size {
    /** So many rows. */
    record Rows(int count) implements Size {
      /** Checks that it is not negative. */
      public Rows {
        if (count < 0) {
          throw new AdvectException(
              "a part of " + count + " rows was asked for", "give 0, a positive number or rest");
        }
      }
    }

    /** All rows that the other parts leave. */
    record Rest() implements Size {}

    /** Exactly so many rows. */
    static Size of(int count) {
      return new Rows(count);
    }

    /** All rows that the other parts leave. */
    static Size rest() {
      return new Rest();
    }
  }

  /**
   * How many rows each part takes; at most one may take the rest.
   *
   * @param train those that are learnt from
   * @param validation those that are kept for choosing between models
   * @param test those that are kept for the end
   */
  public record Sizes(Size train, Size validation, Size test) {
    /** Everything for training. */
    public static Sizes trainOnly() {
      return new Sizes(Size.rest(), Size.of(0), Size.of(0));
    }

    /** Checks that at most one part takes the rest. */
    public Sizes {
      long rests =
          List.of(train, validation, test).stream()
              .filter(size -> size instanceof Size.Rest)
              .count();
      if (rests > 1) {
        throw new AdvectException(
            rests + " parts of the split take the rest", "give all but one of them a number");
      }
    }

    /** The number of rows of each part of a table of so many. */
    private int[] counts(int rows) {
      List<Size> sizes = List.of(train, validation, test);
      long fixed = sizes.stream().mapToLong(size -> count(size, 0)).sum();
      if (fixed > rows) {
        throw new AdvectException(
            "the split asks for %d + %d + %d = %d rows, but there are %d"
                .formatted(count(train, 0), count(validation, 0), count(test, 0), fixed, rows),
            "ask for fewer, or write rest for one part");
      }
      int rest = (int) (rows - fixed);
      return sizes.stream().mapToInt(size -> count(size, rest)).toArray();
    }

    private static int count(Size size, int rest) {
      return switch (size) {
        case Size.Rows(int count) -> count;
        case Size.Rest() -> rest;
      };
    }
  }

  /** Cuts a table with the default seed. */
  public static Split of(Table table, Sizes sizes) {
    return of(table, sizes, DEFAULT_SEED);
  }

  /**
   * Cuts a table.
   *
   * @throws AdvectException if it has fewer rows than are asked for, or none are left for training
   */
  public static Split of(Table table, Sizes sizes, long seed) {
    int[] counts = sizes.counts(table.rows());
    if (counts[0] == 0) {
      throw new AdvectException(
          "the split leaves 0 of %d rows for training".formatted(table.rows()),
          "make the other parts smaller");
    }
    int[] order = permutation(table.rows(), seed);
    int validation = counts[0] + counts[1];
    return new Split(
        table.take(Arrays.copyOfRange(order, 0, counts[0])),
        table.take(Arrays.copyOfRange(order, counts[0], validation)),
        table.take(Arrays.copyOfRange(order, validation, validation + counts[2])));
  }

  /** A permutation of 0 .. rows - 1 that depends on nothing but its arguments. */
  static int[] permutation(int rows, long seed) {
    int[] order = new int[rows];
    Arrays.setAll(order, i -> i);
    RowRandom random = new RowRandom(seed, 0);
    for (int i = rows - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}
