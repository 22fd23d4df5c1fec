package dev.advect.backend.cpu;

import dev.advect.program.View;

/**
 * A shared factor of a product laid out as the kernels read it: {@code [batch][N/L][K][L]}, the
 * rows that fill up the last block being nothing in particular. Packed once a run, by all workers.
 */
final class PackedWeights {
  private final View source;
  private final Memory memory;
  private final Kernels kernels;
  private final int[] batch;
  private final int[] n;
  private final int[] k;
  private final int columnPitch; // if the weights of a column follow each other; else 0
  private final int rowPitch; // if the weights of a row follow each other; else 0
  private final int blocks;
  final float[] packed;

  PackedWeights(View source, Memory memory, Kernels kernels, int[] batch, int[] n, int[] k) {
    this.source = source;
    this.memory = memory;
    this.kernels = kernels;
    this.batch = batch;
    this.n = n;
    this.k = k;
    int l = kernels.block();
    blocks = (n.length + l - 1) / l;
    packed = Memory.allocate(batch.length * blocks * l * k.length);
    columnPitch = source.isIdentity() && Labels.isRun(n) ? Labels.pitch(k) : 0;
    rowPitch = source.isIdentity() && Labels.isRun(k) ? Labels.pitch(n) : 0;
  }

  /** Where row n, column k of a batch element begins. */
  int at(int b, int row, int column) {
    int l = kernels.block();
    return ((b * blocks + row / l) * k.length + column) * l + row % l;
  }

  /** Packs one share of the weights. */
  void pack(int share, int shares) {
    float[] from = memory.shared(source.base());
    int l = kernels.block();
    int all = batch.length * blocks;
    for (int i = all * share / shares; i < all * (share + 1) / shares; i++) {
      int b = i / blocks;
      int row = i % blocks * l;
      block(from, batch[b], row, Math.min(l, n.length - row), at(b, row, 0));
    }
  }

  private void block(float[] from, int b, int row, int rows, int to) {
    int l = kernels.block();
    int done = 0;
    if (rows == l && columnPitch > 0) {
      kernels.copy(from, b + k[0] + n[row], columnPitch, packed, to, k.length);
      done = k.length;
    } else if (rows == l && rowPitch > 0) {
      for (; done + l <= k.length; done += l) {
        kernels.turn(from, b + k[0] + done + n[row], rowPitch, packed, to + done * l, l);
      }
    }
    for (int r = 0; r < rows; r++) {
      for (int j = done; j < k.length; j++) {
        packed[to + j * l + r] = from[source.at(b + k[j] + n[row + r])];
      }
    }
  }
}
