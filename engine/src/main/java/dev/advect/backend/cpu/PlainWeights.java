package dev.advect.backend.cpu;

import dev.advect.program.View;

/** A shared factor of a product that is read where it lies. */
final class PlainWeights extends Weights {
  /** Floats of a line of the cache, or fewer. */
  private static final int LINE = 16;

  /** What was read last; that anyone might look at it keeps the reads from being left out. */
  private static float seen;

  private final Kernels kernels;
  private final float[] weights;
  private final int[] batch;
  private final int begin;
  private final int columns;
  private final int pitch;
  private final int step;

  /**
   * A factor.
   *
   * @param pitch floats from a row to the next
   * @param step floats from a column to the next
   */
  PlainWeights(
      View source,
      Memory memory,
      Kernels kernels,
      int[] batch,
      int[] n,
      int[] k,
      int pitch,
      int step) {
    super(k.length, width(k.length, kernels.panel()));
    this.kernels = kernels;
    this.batch = batch;
    this.pitch = pitch;
    this.step = step;
    weights = memory.shared(source.base());
    begin = n[0] + k[0];
    columns = k.length;
  }

  @Override
  float[] array() {
    return weights;
  }

  @Override
  MicroKernel kernel(int rows) {
    return kernels.kernel(new Kernels.Shape(rows, pitch, step));
  }

  @Override
  int part(int b, int first) {
    return batch[b] + begin + first * step;
  }

  @Override
  int row(int row, int columns) {
    return row * pitch;
  }

  /**
   * A walk from column to column leaves a line of the cache after a few numbers, and the processor
   * does not foresee the next line if it is far away. Reading all of them in the order of memory
   * costs less than waiting for one after another.
   */
  @Override
  void fetch(int row, int rows) {
    if (step == 1) {
      return;
    }
    float sum = 0;
    for (int b : batch) {
      for (int column = 0; column < columns; column++) {
        int from = b + begin + column * step + row;
        sum += lines(weights, from, from + rows);
      }
    }
    seen = sum;
  }

  /** Reads a number of each line, in four chains that do not wait for each other. */
  private static float lines(float[] a, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = from;
    for (; i + 3 * LINE < to; i += 4 * LINE) {
      s0 += a[i];
      s1 += a[i + LINE];
      s2 += a[i + 2 * LINE];
      s3 += a[i + 3 * LINE];
    }
    for (; i < to; i += LINE) {
      s0 += a[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
