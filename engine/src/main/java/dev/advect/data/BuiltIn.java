package dev.advect.data;

import java.io.InputStream;

/** The sets that come with the engine as files. */
public final class BuiltIn {
  private static final String DIGITS = "digits.csv.gz";
  private static final ImageShape DIGIT = new ImageShape(8, 8);

  private BuiltIn() {}

  /**
   * 1797 handwritten digits of 8 x 8 pixels, whole numbers from 0 to 16, with the digit as label:
   * the test part of the "Optical Recognition of Handwritten Digits" set of the UCI repository (E.
   * Alpaydin and C. Kaynak, 1998). The file {@code digits.SOURCE.txt} beside it tells more.
   */
  public static Table digits() {
    InputStream resource = BuiltIn.class.getResourceAsStream(DIGITS);
    if (resource == null) {
      throw new IllegalStateException("the resource " + DIGITS + " is missing from the jar");
    }
    Table file = Csv.read(Input.of(DIGITS, resource, -1));
    int rows = file.rows();
    int pixels = DIGIT.pixels();
    float[] values = new float[rows * pixels];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(file.values(), row * file.columns(), values, row * pixels, pixels);
      labels[row] = (int) file.at(row, pixels);
    }
    return Table.of(values, rows, pixels).withLabels(labels).withImage(DIGIT);
  }
}
