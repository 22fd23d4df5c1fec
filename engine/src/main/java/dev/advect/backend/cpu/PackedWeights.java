package dev.advect.backend.cpu;

import dev.advect.program.View;

/**
 * A shared factor of a product laid out as the kernels read it: {@code [batch][N/BLOCK][K][BLOCK]},
 * the rows that fill up the last block being zero. Packed once a run, by all workers.
 */
final class PackedWeights {
  private final View source;
  private final Memory memory;
  private final int[] batch;
  private final int[] n;
  private final int[] k;
  private final boolean rowsRun;
  private final boolean columnsRun;
  private final int blocks;
  final float[] packed;

  PackedWeights(View source, Memory memory, int[] batch, int[] n, int[] k) {
    this.source = source;
    this.memory = memory;
    this.batch = batch;
    this.n = n;
    this.k = k;
    blocks = (n.length + Kernels.BLOCK - 1) / Kernels.BLOCK;
    packed = Memory.allocate(batch.length * blocks * Kernels.BLOCK * k.length);
    columnsRun = source.isIdentity() && Labels.isRun(k);
    rowsRun = source.isIdentity() && Labels.isRun(n);
  }

  /** Where row n, column k of a batch element begins. */
  int at(int b, int row, int column) {
    return ((b * blocks + row / Kernels.BLOCK) * k.length + column) * Kernels.BLOCK;
  }

  /** Packs one share of the weights. */
  void pack(int share, int shares) {
    float[] from = memory.shared(source.base());
    int all = batch.length * blocks;
    for (int i = all * share / shares; i < all * (share + 1) / shares; i++) {
      int b = i / blocks;
      int row = i % blocks * Kernels.BLOCK;
      int rows = Math.min(Kernels.BLOCK, n.length - row);
      block(from, batch[b], row, rows, at(b, row, 0));
    }
  }

  private void block(float[] from, int b, int row, int rows, int to) {
    if (rowsRun && rows == Kernels.BLOCK) {
      for (int j = 0; j < k.length; j++) {
        int at = b + k[j] + n[row];
        int out = to + j * Kernels.BLOCK;
        for (int r = 0; r < Kernels.BLOCK; r++) {
          packed[out + r] = from[at + r];
        }
      }
    } else if (columnsRun) {
      for (int r = 0; r < rows; r++) {
        int at = b + k[0] + n[row + r];
        for (int j = 0; j < k.length; j++) {
          packed[to + j * Kernels.BLOCK + r] = from[at + j];
        }
      }
    } else {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < k.length; j++) {
          packed[to + j * Kernels.BLOCK + r] = from[source.at(b + k[j] + n[row + r])];
        }
      }
    }
  }
}
