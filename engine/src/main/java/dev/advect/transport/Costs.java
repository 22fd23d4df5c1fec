package dev.advect.transport;

/**
 * A square matrix of transport costs, given row by row, so that a large one need not be kept.
 *
 * <p>Every cost is finite and not negative, and a row is the same each time it is asked for.
 */
public interface Costs {
  /** The number of rows, and of columns: at least 1. */
  int size();

  /**
   * One row.
   *
   * @param row from 0
   * @param scratch an array of {@link #size()} numbers that may be filled and returned
   * @return the costs from the row to each column, to be read only; valid until the scratch array
   *     is used again
   */
  float[] row(int row, float[] scratch);
}
