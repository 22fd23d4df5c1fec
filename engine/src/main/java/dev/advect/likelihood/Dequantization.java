package dev.advect.likelihood;

import dev.advect.AdvectException;
import dev.advect.random.Laws;
import dev.advect.random.Philox;
import dev.advect.random.Purpose;

/**
 * Makes discrete data continuous: every value is moved to a uniformly random place in the cell
 * between its level and the next one (Uria, Murray and Larochelle 2013, arXiv 1306.0186).
 *
 * <p>The probability of a row k is the integral of the density p over its cell, of volume step^d,
 * so that by Jensen's inequality log P(k) &ge; E log p(k + step u) + d log step: a density of
 * dequantised rows bounds the likelihood of the discrete ones (Theis, van den Oord and Bethge 2016,
 * arXiv 1511.01844). Without it a density can grow beyond all bounds on the levels.
 *
 * @param step the distance between neighbouring levels, in data units
 */
public record Dequantization(double step) {
  /** How far from a level, in steps, a value may be: what 32-bit floats cost, with room. */
  private static final double TOLERANCE = 1e-2;

  private static final double LOG_2 = Math.log(2);

  /** Checks the step. */
  public Dequantization {
    if (!(step > 0 && step < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the distance between levels must be positive and finite, not " + step);
    }
  }

  /**
   * Rows with noise, as a new array: x + step u, where u of each value is a function of the seed,
   * the row's place and the column alone.
   *
   * @param rows row by row, in data units
   * @param dim how many numbers a row has
   * @param seed of the noise
   */
  public float[] apply(float[] rows, int dim, long seed) {
    float[] moved = new float[rows.length];
    int[] words = new int[4];
    for (int at = 0; at < rows.length; at++) {
      int column = at % dim;
      if (column % 4 == 0) {
        Philox.draw(seed, Purpose.DEQUANTIZATION, 0, at / dim, column / 4, words, 0, 1);
      }
      moved[at] = (float) (rows[at] + step * Laws.uniform(words[column % 4]));
    }
    return moved;
  }

  /**
   * Refuses rows that do not lie on levels a step apart.
   *
   * @param rows row by row, in data units
   * @param dim how many numbers a row has
   * @throws AdvectException naming the first value that is between levels
   */
  public void requireLevels(float[] rows, int dim) {
    for (int at = 0; at < rows.length; at++) {
      int first = at % dim;
      double steps = ((double) rows[at] - rows[first]) / step;
      if (Math.abs(steps - Math.rint(steps)) > TOLERANCE) {
        throw new AdvectException(
            "row %d, column %d is %s, %.3f steps of %s away from %s in row 1"
                .formatted(at / dim + 1, first + 1, rows[at], steps, step, rows[first]),
            "dequantisation is for data on levels one step apart: give the distance between them");
      }
    }
  }

  /**
   * Minus the log-likelihood of the discrete data, an upper bound, in bits per dimension: -log p /
   * (d ln 2) - log2(step).
   *
   * @param logDensity of a dequantised row, in nats and data space, or the mean of several
   * @param dim the dimension d
   */
  public double bitsPerDimension(double logDensity, int dim) {
    return -logDensity / (dim * LOG_2) - Math.log(step) / LOG_2;
  }
}
