package dev.advect.data;

/**
 * An endless sequence of independent rows, in which row i is a pure function of the seed and i.
 *
 * <p>So the first k rows are the same however many are drawn, in whatever order and on whatever
 * thread.
 */
public non-sealed interface Generator extends DataSet {

  /** How many classes its rows fall into; 0 if it has none. */
  int classes();

  /**
   * Writes one row.
   *
   * @param seed chooses the sequence
   * @param row which row of the sequence, from 0
   * @param into receives {@code columns()} values
   * @param offset where in {@code into} they start
   * @return the row's class, from 0; 0 if there are no classes
   */
  int row(long seed, long row, float[] into, int offset);

  /**
   * The rows {@code first} to {@code first + count - 1} of the sequence, labelled by their classes
   * if there are any.
   *
   * @param seed chooses the sequence
   * @param first the first row, from 0
   * @param count how many
   */
  default Table rows(long seed, long first, int count) {
    float[] values = new float[Math.multiplyExact(count, columns())];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = row(seed, first + i, values, i * columns());
    }
    Table table = Table.of(values, count, columns());
    return classes() > 0 ? table.withLabels(labels) : table;
  }

  /** The first {@code count} rows of the sequence. */
  default Table draw(long seed, int count) {
    return rows(seed, 0, count);
  }
}
