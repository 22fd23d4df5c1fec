package dev.advect.backend.cpu;

import dev.advect.program.View;
import java.util.Set;

/**
 * A shared factor of a product laid out in the order in which the kernels read it, so that the
 * processor can fetch it ahead: {@code [batch][part][N/L][columns of the part][L]}, the rows that
 * fill up the last block being nothing in particular. Packed anew when the factor has changed.
 */
final class PackedWeights extends Weights {
  private final View source;
  private final Memory memory;
  private final Kernels kernels;
  private final int[] batch;
  private final int[] n;
  private final int[] k;
  private final int columnPitch; // if the weights of a column follow each other; else 0
  private final int rowPitch; // if the weights of a row follow each other; else 0
  private final int blocks;
  private final float[] from;
  private boolean outdated = true;
  private final float[] packed;

  PackedWeights(View source, Memory memory, Kernels kernels, int[] batch, int[] n, int[] k) {
    super(k.length, width(k.length, kernels));
    this.source = source;
    this.memory = memory;
    this.kernels = kernels;
    this.batch = batch;
    this.n = n;
    this.k = k;
    int l = kernels.block();
    blocks = (n.length + l - 1) / l;
    packed = Memory.allocate(batch.length * blocks * l * k.length);
    from = memory.shared(source.base());
    memory.register(from, this);
    memory.readByTiles(packed);
    columnPitch = columnPitch(source, n, k);
    rowPitch = rowPitch(source, n, k);
  }

  /** Squares of L by L are packed at a time, and none is in two parts. */
  private static int width(int columns, Kernels kernels) {
    int l = kernels.block();
    return (Weights.width(columns, kernels.panel()) + l - 1) / l * l;
  }

  @Override
  float[] array() {
    return packed;
  }

  @Override
  MicroKernel kernel(int rows) {
    return kernels.kernel(new Kernels.Shape(rows, 1, kernels.block()));
  }

  @Override
  int part(int b, int first) {
    return (b * k.length + first) * blocks * kernels.block();
  }

  @Override
  int row(int row, int columns) {
    int l = kernels.block();
    return row / l * columns * l + row % l;
  }

  private int at(int b, int row, int column) {
    int first = column / width() * width();
    return part(b, first) + row(row, columns(first)) + (column - first) * kernels.block();
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
      block(b, row, Math.min(l, n.length - row));
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
    for (int part = first / width() * width(); part < last; part += width()) {
      int begin = Math.max(first, part);
      int end = Math.min(last, part + width());
      for (int row = 0; row < n.length; row += l) {
        int rows = Math.min(l, n.length - row);
        copy(begin * n.length + row, at(0, row, begin), end - begin, rows);
      }
    }
  }

  /** Copies columns of a block that follow each other in the factor too. */
  private void copy(int at, int to, int columns, int rows) {
    int l = kernels.block();
    own(to, columns * l);
    if (rows == l) {
      kernels.copy(from, at, columnPitch, packed, to, columns);
      return;
    }
    for (int j = 0; j < columns; j++) {
      System.arraycopy(from, at + j * columnPitch, packed, to + j * l, rows);
    }
  }

  private void own(int at, int floats) {
    if (memory.isCachedByAll(packed)) {
      Lines.own(packed, at, at + floats);
    }
  }

  private void block(int b, int row, int rows) {
    for (int first = 0; first < k.length; first += width()) {
      block(b, row, rows, first, columns(first));
    }
  }

  /** Packs a block of rows of a part. */
  private void block(int b, int row, int rows, int first, int columns) {
    int l = kernels.block();
    int to = at(b, row, first);
    int at = batch[b] + k[first] + n[row];
    if (columnPitch > 0) {
      copy(at, to, columns, rows);
      return;
    }
    own(to, columns * l);
    int done = 0;
    if (rows == l && rowPitch > 0) {
      for (; done + l <= columns; done += l) {
        kernels.turn(from, at + done, rowPitch, packed, to + done * l, l);
      }
    }
    for (int r = 0; r < rows; r++) {
      for (int j = done; j < columns; j++) {
        packed[to + j * l + r] = from[source.at(batch[b] + k[first + j] + n[row + r])];
      }
    }
  }
}
