package dev.advect.backend.cpu;

import dev.advect.program.View;

/** A shared factor of a product that is read where it lies. */
final class PlainWeights extends Weights {
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
    memory.readByTiles(weights);
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
    for (int b : batch) {
      Lines.fetch(weights, b + begin + row, step, columns, rows);
    }
  }
}
