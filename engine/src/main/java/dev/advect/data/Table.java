package dev.advect.data;

import dev.advect.AdvectException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of 32-bit floats, with column names, a label per row, an image shape, and what each row is
 * conditioned on, where they are known.
 *
 * <p>A table shares its array with whoever made it and whoever asks for it, as data sets are large;
 * nobody may write to it.
 */
public final class Table {
  private final int rows;
  private final int columns;
  private final float[] values;
  private final List<String> names;
  private final int[] labels;
  private final ImageShape image;
  private final Table conditions;

  private Table(
      int rows,
      int columns,
      float[] values,
      List<String> names,
      int[] labels,
      ImageShape image,
      Table conditions) {
    if (rows < 0 || columns < 1 || (long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          "%d rows of %d columns take %d values, %d were given"
              .formatted(rows, columns, (long) rows * columns, values.length));
    }
    if (names != null && names.size() != columns) {
      throw new IllegalArgumentException(names.size() + " names for " + columns + " columns");
    }
    if (labels != null && labels.length != rows) {
      throw new IllegalArgumentException(labels.length + " labels for " + rows + " rows");
    }
    if (image != null && image.pixels() != columns) {
      throw new IllegalArgumentException(image + " does not fit " + columns + " columns");
    }
    if (conditions != null && conditions.rows != rows) {
      throw new IllegalArgumentException(conditions.rows + " conditions for " + rows + " rows");
    }
    this.rows = rows;
    this.columns = columns;
    this.values = values;
    this.names = names;
    this.labels = labels;
    this.image = image;
    this.conditions = conditions;
  }

  /**
   * A table over an array, which is not copied.
   *
   * @param values row-major, {@code rows * columns} of them
   */
  public static Table of(float[] values, int rows, int columns) {
    return new Table(rows, columns, values, null, null, null, null);
  }

  /** The same rows with names for the columns. */
  public Table withNames(List<String> names) {
    return new Table(rows, columns, values, List.copyOf(names), labels, image, conditions);
  }

  /** The same rows with a label for each. */
  public Table withLabels(int[] labels) {
    return new Table(rows, columns, values, names, labels.clone(), image, conditions);
  }

  /** The same rows, known to be images of that shape. */
  public Table withImage(ImageShape image) {
    return new Table(rows, columns, values, names, labels, image, conditions);
  }

  /** The same rows, each conditioned on a row of another table. */
  public Table withConditions(Table conditions) {
    return new Table(rows, columns, values, names, labels, image, conditions);
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns, at least one. */
  public int columns() {
    return columns;
  }

  /** The values, row-major: the table's own array, to be read only. */
  public float[] values() {
    return values;
  }

  /** The value at a row and a column, both counted from 0. */
  public float at(int row, int column) {
    return values[
        Math.addExact(Math.multiplyExact(row, columns), Objects.checkIndex(column, columns))];
  }

  /** The columns' names, if the file had a header. */
  public Optional<List<String>> names() {
    return Optional.ofNullable(names);
  }

  /** A copy of the rows' labels, if the set has them. */
  public Optional<int[]> labels() {
    return Optional.ofNullable(labels).map(int[]::clone);
  }

  /** The shape of the image that each row is, if it is one. */
  public Optional<ImageShape> image() {
    return Optional.ofNullable(image);
  }

  /** What each row is conditioned on, if anything: a table of as many rows. */
  public Optional<Table> conditions() {
    return Optional.ofNullable(conditions);
  }

  /**
   * A copy of the named columns, counted from 0, in the given order; without the image shape, which
   * other columns do not have.
   */
  public Table columns(int[] indices) {
    float[] taken = new float[Math.multiplyExact(rows, indices.length)];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = at(i / indices.length, indices[i % indices.length]);
    }
    List<String> takenNames =
        names == null ? null : Arrays.stream(indices).mapToObj(names::get).toList();
    return new Table(rows, indices.length, taken, takenNames, labels, null, conditions);
  }

  /**
   * A copy of the rows {@code from} (inclusive) to {@code to} (exclusive), counted from 0.
   *
   * @throws AdvectException if the table has no such rows
   */
  public Table slice(int from, int to) {
    if (from < 0 || from > to || to > rows) {
      throw new AdvectException(
          "rows %d to %d were asked for, but there are %d".formatted(from, to, rows),
          "ask for rows between 0 and " + rows);
    }
    return new Table(
        to - from,
        columns,
        Arrays.copyOfRange(values, from * columns, to * columns),
        names,
        labels == null ? null : Arrays.copyOfRange(labels, from, to),
        image,
        conditions == null ? null : conditions.slice(from, to));
  }

  /**
   * A copy of the first {@code count} rows.
   *
   * @throws AdvectException if the table has fewer
   */
  public Table head(int count) {
    if (count < 0 || count > rows) {
      throw new AdvectException(
          "%d rows were asked for, but there are %d".formatted(count, rows),
          "ask for at most " + rows);
    }
    return slice(0, count);
  }

  /** A copy of the named rows, counted from 0, in the given order. */
  public Table take(int[] indices) {
    float[] taken = new float[Math.multiplyExact(indices.length, columns)];
    for (int i = 0; i < indices.length; i++) {
      int row = Objects.checkIndex(indices[i], rows);
      System.arraycopy(values, row * columns, taken, i * columns, columns);
    }
    int[] takenLabels =
        labels == null ? null : Arrays.stream(indices).map(row -> labels[row]).toArray();
    Table takenConditions = conditions == null ? null : conditions.take(indices);
    return new Table(indices.length, columns, taken, names, takenLabels, image, takenConditions);
  }

  @Override
  public String toString() {
    return "Table[" + rows + " rows x " + columns + " columns]";
  }
}
