package dev.advect.backend.cpu;

import dev.advect.program.Labels;
import dev.advect.program.View;
import java.util.Set;

/**
 * A shared factor of a product laid out as the kernels read it: {@code [batch][N/L][K][L]}, the
 * rows that fill up the last block being nothing in particular. Packed anew when the factor has
 * changed.
 */
final class PackedWeights {
  private final View source;
  private final Kernels kernels;
  private final int[] batch;
  private final int[] n;
  private final int[] k;
  private final int columnPitch; // if the weights of a column follow each other; else 0
  private final int rowPitch; // if the weights of a row follow each other; else 0
  private final int blocks;
  private final float[] from;
  private boolean outdated = true;
  final float[] packed;

  PackedWeights(View source, Memory memory, Kernels kernels, int[] batch, int[] n, int[] k) {
    this.source = source;
    this.kernels = kernels;
    this.batch = batch;
    this.n = n;
    this.k = k;
    int l = kernels.block();
    blocks = (n.length + l - 1) / l;
    packed = Memory.allocate(batch.length * blocks * l * k.length);
    from = memory.shared(source.base());
    memory.register(from, this);
    columnPitch = source.isIdentity() && Labels.isRun(n) ? Labels.pitch(k) : 0;
    rowPitch = source.isIdentity() && Labels.isRun(k) ? Labels.pitch(n) : 0;
  }

  /** Where row n, column k of a batch element begins. */
  int at(int b, int row, int column) {
    int l = kernels.block();
    return ((b * blocks + row / l) * k.length + column) * l + row % l;
  }

  /** Says that the factor has changed. */
  void outdate() {
    outdated = true;
  }

  /** Whether the factor has changed since it was packed. */
  boolean isOutdated() {
    return outdated;
  }

  /** How many blocks of rows there are to {@link #pack}. */
  int blocks() {
    return batch.length * blocks;
  }

  /** Packs some blocks of rows. */
  void pack(int first, int last) {
    int l = kernels.block();
    for (int i = first; i < last; i++) {
      int b = i / blocks;
      int row = i % blocks * l;
      block(batch[b], row, Math.min(l, n.length - row), at(b, row, 0));
    }
  }

  /** Says that all blocks have been packed. */
  void packed() {
    outdated = false;
  }

  /**
   * What packs the factor after it was written: row by row of the factor where that can be, or else
   * nothing but a note that it is outdated.
   */
  SharedTask task() {
    int size = source.base().size();
    boolean rows = batch.length == 1 && rowPitch == k.length && size == n.length * k.length;
    boolean columns = batch.length == 1 && columnPitch == n.length && size == n.length * k.length;
    int l = kernels.block();
    SharedTask.Piece piece;
    if (rows) {
      piece = (first, last, _, _) -> packRows(first / k.length, last / k.length);
    } else if (columns) {
      piece = (first, last, _, _) -> packColumns(first / n.length, last / n.length);
    } else {
      return new SharedTask.Whole(Set.of(from), Set.of(packed), this::outdate);
    }
    return new SharedTask.Ranged(
        Set.of(from), Set.of(packed), Set.of(from), size, l * (rows ? k.length : n.length), piece);
  }

  private void packRows(int first, int last) {
    pack(first / kernels.block(), (last + kernels.block() - 1) / kernels.block());
  }

  private void packColumns(int first, int last) {
    int l = kernels.block();
    for (int row = 0; row < n.length; row += l) {
      int rows = Math.min(l, n.length - row);
      int to = at(0, row, first);
      if (rows == l) {
        kernels.copy(from, first * n.length + row, n.length, packed, to, last - first);
        continue;
      }
      for (int j = first; j < last; j++) {
        for (int r = 0; r < rows; r++) {
          packed[to + (j - first) * l + r] = from[j * n.length + row + r];
        }
      }
    }
  }

  private void block(int b, int row, int rows, int to) {
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
