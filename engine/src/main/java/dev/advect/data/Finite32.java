package dev.advect.data;

import dev.advect.AdvectException;

/** Lets only finite 32-bit floats into a table. */
final class Finite32 {
  private Finite32() {}

  /**
   * The value rounded to 32 bits.
   *
   * @param row counted from 0
   * @param column counted from 0
   * @throws AdvectException naming row and column, counted from 1, if it is not finite
   */
  static float of(double value, String file, int row, int column) {
    float rounded = (float) value;
    if (Float.isFinite(rounded)) {
      return rounded;
    }
    throw new AdvectException(
        "%s: row %d, column %d is %s%s"
            .formatted(
                file,
                row + 1,
                column + 1,
                value,
                Double.isFinite(value) ? ", beyond the largest 32-bit float 3.4e38" : ""),
        Double.isFinite(value) ? "rescale the column" : "remove the row or put a finite number");
  }
}
