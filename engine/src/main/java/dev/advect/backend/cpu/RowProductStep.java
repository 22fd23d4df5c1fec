package dev.advect.backend.cpu;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Labels;
import dev.advect.program.Program;
import dev.advect.program.View;

/**
 * A product of two per-sample values, for example attention's scores. Samples lie side by side, so
 * every sample's small matrix product is the same row arithmetic.
 */
final class RowProductStep implements TileStep {
  private final Place value;
  private final Place a;
  private final Place b;
  private final Kernels kernels;
  private final int[] to;
  private final int[][] ais;
  private final int[][] bis;

  RowProductStep(Program program, Value value, Kernels kernels, Places places) {
    this.value = places.of(value);
    this.kernels = kernels;
    var c = (Linear.Contract) value.op();
    Labels labels = Labels.of(value);
    View av = program.reads(value).get(0);
    View bv = program.reads(value).get(1);
    a = places.of(av.base());
    b = places.of(bv.base());
    String outer = labels.batch() + labels.m() + labels.n();
    to = labels.offsets(outer, c.out(), value);
    ais =
        rows(
            av,
            labels.offsets(outer, c.a(), value.arg(0)),
            labels.offsets(labels.k(), c.a(), value.arg(0)));
    bis =
        rows(
            bv,
            labels.offsets(outer, c.b(), value.arg(1)),
            labels.offsets(labels.k(), c.b(), value.arg(1)));
  }

  private int[][] rows(View view, int[] outer, int[] ks) {
    int[][] rows = new int[outer.length][ks.length];
    for (int o = 0; o < outer.length; o++) {
      for (int i = 0; i < ks.length; i++) {
        rows[o][i] = view.at(outer[o] + ks[i]) * kernels.panel();
      }
    }
    return rows;
  }

  @Override
  public void run(Tile tile, int worker) {
    int p = kernels.panel();
    for (int q = 0; q < tile.panels; q++) {
      int a0 = tile.offset(a) + q * a.stride();
      int b0 = tile.offset(b) + q * b.stride();
      int c0 = tile.offset(value) + q * value.stride();
      for (int o = 0; o < to.length; o++) {
        kernels.rowDot(
            tile.array(a),
            a0,
            ais[o],
            tile.array(b),
            b0,
            bis[o],
            tile.array(value),
            c0 + to[o] * p);
      }
    }
  }
}
