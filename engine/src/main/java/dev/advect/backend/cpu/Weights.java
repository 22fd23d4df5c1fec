package dev.advect.backend.cpu;

import dev.advect.program.Labels;
import dev.advect.program.View;

/**
 * The shared factor of a product as the kernels find it: matrices of N rows and K columns, of which
 * some columns are gone through at a time.
 */
abstract sealed class Weights permits PackedWeights, PlainWeights {
  /**
   * Floats of a panel of samples at a time, about: 64 KiB, which come from the second-level cache
   * as fast as they are wanted. Shorter sums would write and read their results more often.
   */
  private static final int SAMPLES = 1 << 14;

  /**
   * Smaller matrices are always packed: that costs next to nothing, and all of them share kernels,
   * while each length of a row read where it lies needs one of its own.
   */
  private static final int LEAST_PLAIN = 1 << 14;

  /**
   * Rows that lie further apart are not walked across: 2 KiB. On a Zen 5 that is as fast as packed
   * weights up to 3 KiB, and an eighth slower from 3.5 KiB on.
   */
  private static final int MOST_STEP = 1 << 9;

  private final int k;
  private final int width;

  Weights(int k, int width) {
    this.k = k;
    this.width = width;
  }

  /**
   * Finds the best way to read a factor.
   *
   * @param batch where the batch elements begin in the factor
   * @param n where the rows begin, relative to a batch element
   * @param k where the columns begin, relative to a row
   */
  static Weights of(View source, Memory memory, Kernels kernels, int[] batch, int[] n, int[] k) {
    if (n.length * k.length >= LEAST_PLAIN) {
      int rowPitch = rowPitch(source, n, k);
      if (rowPitch > 0) {
        return new PlainWeights(source, memory, kernels, batch, n, k, rowPitch, 1);
      }
      int columnPitch = columnPitch(source, n, k);
      if (columnPitch > 0 && columnPitch <= MOST_STEP) {
        return new PlainWeights(source, memory, kernels, batch, n, k, 1, columnPitch);
      }
    }
    return new PackedWeights(source, memory, kernels, batch, n, k);
  }

  /** Floats from a row to the next if the weights of each follow each other; else 0. */
  static int rowPitch(View source, int[] n, int[] k) {
    return source.isIdentity() && Labels.isRun(k) ? Labels.pitch(n) : 0;
  }

  /** Floats from a column to the next if the weights of each follow each other; else 0. */
  static int columnPitch(View source, int[] n, int[] k) {
    return source.isIdentity() && Labels.isRun(n) ? Labels.pitch(k) : 0;
  }

  /** Columns of a part when all parts are about as wide as a panel allows. */
  static int width(int columns, int panel) {
    int parts = Math.max(1, Math.round((float) columns * panel / SAMPLES));
    return (columns + parts - 1) / parts;
  }

  /** Columns of a part; the last may have fewer. */
  int width() {
    return width;
  }

  /** Columns of the part that begins with one. */
  int columns(int first) {
    return Math.min(width, k - first);
  }

  /**
   * Has some rows brought into the cache, if their kernel's walk does not do that well by itself.
   */
  void fetch(int row, int rows) {}

  /** Where the weights are. */
  abstract float[] array();

  /** The kernel that reads some rows of them at a time. */
  abstract MicroKernel kernel(int rows);

  /** Where the part that begins with a column does, of a batch element. */
  abstract int part(int b, int first);

  /** Where a row of a part of so many columns begins, relative to the part. */
  abstract int row(int row, int columns);
}
