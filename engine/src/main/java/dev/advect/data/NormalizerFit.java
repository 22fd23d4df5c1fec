package dev.advect.data;

/** Finds shifts and scales from rows, in double precision. */
final class NormalizerFit {
  private NormalizerFit() {}

  /** Mean and standard deviation (dividing by the number of rows) of each column. */
  static Normalizer standardize(Table table) {
    int columns = table.columns();
    float[] shift = new float[columns];
    float[] scale = new float[columns];
    for (int column = 0; column < columns; column++) {
      double sum = 0;
      for (int row = 0; row < table.rows(); row++) {
        sum += table.at(row, column);
      }
      double mean = sum / table.rows();
      double squares = 0;
      for (int row = 0; row < table.rows(); row++) {
        double deviation = table.at(row, column) - mean;
        squares += deviation * deviation;
      }
      boolean constant = extremes(table, column, columns).isPoint();
      shift[column] = (float) mean;
      scale[column] = positive(constant ? 0 : Math.sqrt(squares / table.rows()));
    }
    return new Normalizer(Normalizer.Kind.STANDARDIZE, shift, scale);
  }

  /** Middle and half width: of each column, or of everything if {@code groups} is 1. */
  static Normalizer range(Table table, int groups) {
    float[] shift = new float[groups];
    float[] scale = new float[groups];
    for (int group = 0; group < groups; group++) {
      Extremes found = extremes(table, group, groups);
      shift[group] = (float) ((found.max + found.min) / 2);
      scale[group] = positive((found.max - found.min) / 2);
    }
    return new Normalizer(Normalizer.Kind.RANGE, shift, scale);
  }

  private record Extremes(double min, double max) {
    boolean isPoint() {
      return min == max;
    }
  }

  /** The extremes of every {@code stride}-th value from {@code first} on. */
  private static Extremes extremes(Table table, int first, int stride) {
    float[] values = table.values();
    double min = values[first];
    double max = min;
    for (int i = first; i < values.length; i += stride) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    return new Extremes(min, max);
  }

  /** A scale that can be divided by: 1 where the data do not vary in 32 bits. */
  private static float positive(double scale) {
    return (float) scale > 0 ? (float) scale : 1;
  }
}
