package dev.advect.backend.cpu;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Labels;
import dev.advect.program.Program;
import dev.advect.program.View;

/**
 * A product of per-sample rows with a shared factor: y[o][n] = sum over k of w[n][k] x[o][k], where
 * o runs over the batch and M labels.
 *
 * <p>Blocked so that some rows of w stay in the second-level cache while the panels of a tile go
 * by; an epilogue runs on each part of y as soon as it is complete.
 */
final class ProductStep implements TileStep {
  /** Floats of w at a time: 512 KiB. */
  private static final int WEIGHTS = 1 << 17;

  private final Place value;
  private final Place input;
  private final Kernels kernels;
  private final Weights weights;
  private final FusedStep epilogue;
  private final RowKernels rowKernels;
  private final int rowsAtOnce;
  private final int panel;
  private final int[] groups; // where each group of rows begins in a part of the weights
  private final int[] lastGroups; // and in the last part
  private final int k;
  private final int n;
  private final int[] batchOf; // which batch element of w each o reads
  private final int[] from; // first feature of x for each o; -1 if its features are not a run
  private final int[][] gathered; // the features of x for those o
  private final int[] to; // first feature of y for each o
  private final int[] scattered; // features of y relative to the first; null if they are a run

  ProductStep(
      Program program,
      Value value,
      Kernels kernels,
      Memory memory,
      Places places,
      FusedStep epilogue) {
    this.value = places.of(value);
    this.kernels = kernels;
    this.epilogue = epilogue;
    var c = (Linear.Contract) value.op();
    Labels labels = Labels.of(value);
    View x = program.reads(value).get(0);
    View w = program.reads(value).get(1);
    input = places.of(x.base());
    int[] ks = labels.offsets(labels.k(), c.a(), value.arg(0));
    int[] ns = labels.offsets(labels.n(), c.out(), value);
    k = ks.length;
    n = ns.length;
    int fitting = WEIGHTS / k / kernels.block() * kernels.block();
    rowsAtOnce = Math.max(kernels.block(), fitting);
    String outer = labels.batch() + labels.m();
    int[] xs = labels.offsets(outer, c.a(), value.arg(0));
    to = labels.offsets(outer, c.out(), value);
    scattered = Labels.isRun(ns) ? null : ns;
    weights =
        Weights.of(
            w,
            memory,
            kernels,
            labels.offsets(labels.batch(), c.b(), value.arg(1)),
            labels.offsets(labels.n(), c.b(), value.arg(1)),
            labels.offsets(labels.k(), c.b(), value.arg(1)));
    rowKernels = new RowKernels(n, kernels, weights::kernel);
    panel = kernels.panel();
    groups = groups(weights.columns(0));
    lastGroups = groups(weights.columns((k - 1) / weights.width() * weights.width()));
    int inner = labels.size(labels.m());
    batchOf = new int[xs.length];
    from = new int[xs.length];
    gathered = new int[xs.length][];
    for (int o = 0; o < xs.length; o++) {
      batchOf[o] = o / inner;
      int[] features = new int[k];
      for (int i = 0; i < k; i++) {
        features[i] = x.at(xs[o] + ks[i]);
      }
      boolean run = Labels.isRun(features);
      from[o] = run ? features[0] : -1;
      gathered[o] = run ? null : features;
    }
  }

  private int[] groups(int columns) {
    return rowKernels.groups(row -> weights.row(row, columns));
  }

  Weights weights() {
    return weights;
  }

  /** Floats of scratch a tile needs: gathered columns of x, and rows of y to scatter. */
  int scratch() {
    return (k + n) * kernels.panel();
  }

  @Override
  public void run(Tile tile, int worker) {
    if (epilogue != null && scattered == null) {
      epilogue.locate(tile, worker);
    }
    for (int row = 0; row < n; row += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, n - row);
      weights.fetch(row, rows);
      for (int q = 0; q < tile.panels; q++) {
        for (int o = 0; o < to.length; o++) {
          part(tile, worker, q, o, row, rows);
        }
      }
    }
    if (epilogue != null && scattered != null) {
      epilogue.run(tile, worker);
    }
  }

  private void part(Tile tile, int worker, int q, int o, int row, int rows) {
    int p = panel;
    float[] x = tile.array(input);
    int x0 = tile.offset(input) + q * input.stride() + from[o] * p;
    if (from[o] < 0) {
      int base = tile.offset(input) + q * input.stride();
      for (int i = 0; i < k; i++) {
        System.arraycopy(x, base + gathered[o][i] * p, tile.scratch, i * p, p);
      }
      x = tile.scratch;
      x0 = 0;
    }
    float[] y = tile.array(value);
    int base = tile.offset(value) + q * value.stride();
    int y0 = base + (to[o] + row) * p;
    if (scattered != null) {
      y = tile.scratch;
      y0 = (k + row) * p;
    }
    for (int first = 0; first < k; first += weights.width()) {
      int w = weights.part(batchOf[o], first);
      product(first, w, row, rows, x, x0 + first * p, y, y0);
    }
    if (scattered != null) {
      float[] out = tile.array(value);
      for (int i = row; i < row + rows; i++) {
        System.arraycopy(tile.scratch, (k + i) * p, out, base + (to[o] + scattered[i]) * p, p);
      }
    } else if (epilogue != null) {
      int valid = q == tile.panels - 1 ? tile.valid : p;
      epilogue.epilogue(worker, q, to[o] + row, to[o] + row + rows, valid);
    }
  }

  /** Adds a part's share to some rows of y. */
  private void product(int column, int w, int row, int rows, float[] x, int x0, float[] y, int y0) {
    int columns = weights.columns(column);
    int[] at = column + columns == k ? lastGroups : groups;
    float[] a = weights.array();
    int end = row + rows;
    rowKernels.run(a, at, row, end, w, 0, x, x0, 1, columns, columns, y, y0, column == 0);
  }
}
