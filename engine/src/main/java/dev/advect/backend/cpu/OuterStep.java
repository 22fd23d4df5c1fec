package dev.advect.backend.cpu;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.View;

/**
 * A product of two per-sample values summed over the samples: the weight gradient X^T dY.
 *
 * <p>The second factor is turned so that its features lie side by side, {@code P} at a time; then
 * sample after sample is added to the lane's sum {@code [batch][N/P][M][P]}. Each element is one
 * chain over the samples, so tiles do not change it.
 */
final class OuterStep implements TileStep {
  private final int sum;
  private final Kernels kernels;
  private final Place a;
  private final Place b;
  private final int batches;
  private final int m;
  private final int n;
  private final int[][] as; // [batch * K][M] features of the first factor
  private final int[][] bs; // [batch * K][N] features of the second factor
  private final int ks;
  private final int[] place; // where element (batch, m, n) of the sum goes in the result
  private final boolean rowMajor; // whether it goes to place (batch, m, n)

  OuterStep(Program program, Value value, int sum, Kernels kernels, Places places) {
    this.sum = sum;
    this.kernels = kernels;
    var c = (Linear.Contract) value.op();
    Labels labels = Labels.of(value);
    View av = program.reads(value).get(0);
    View bv = program.reads(value).get(1);
    a = places.of(av.base());
    b = places.of(bv.base());
    batches = labels.size(labels.batch());
    m = labels.size(labels.m());
    n = labels.size(labels.n());
    ks = labels.size(labels.k());
    as = features(labels, av, c.a(), value.arg(0), labels.m());
    bs = features(labels, bv, c.b(), value.arg(1), labels.n());
    place = labels.offsets(labels.batch() + labels.m() + labels.n(), c.out(), value);
    rowMajor = Labels.isRun(place);
  }

  private static int[][] features(Labels labels, View view, String own, Value arg, String inner) {
    int[] outer = labels.offsets(labels.batch() + labels.k(), own, arg);
    int[] in = labels.offsets(inner, own, arg);
    int[][] rows = new int[outer.length][in.length];
    for (int o = 0; o < outer.length; o++) {
      for (int i = 0; i < in.length; i++) {
        rows[o][i] = view.at(outer[o] + in[i]);
      }
    }
    return rows;
  }

  /** Floats of a lane's sum. */
  int floats() {
    return batches * blocks() * m * kernels.panel();
  }

  private int blocks() {
    return (n + kernels.panel() - 1) / kernels.panel();
  }

  /** Floats of scratch a tile needs: a turned block of the second factor, rows of the first. */
  int scratch(int panels) {
    int p = kernels.panel();
    return panels * p * p + m * p;
  }

  @Override
  public void run(Tile tile, int worker) {
    float[] c = tile.sums[sum];
    for (int batch = 0; batch < batches; batch++) {
      for (int block = 0; block < blocks(); block++) {
        int c0 = (batch * blocks() + block) * m * kernels.panel();
        if (ks == 1 && Labels.isRun(as[batch])) {
          wholeTile(tile, batch, block, c, c0);
        } else {
          panelByPanel(tile, batch, block, c, c0);
        }
      }
    }
  }

  private void wholeTile(Tile tile, int o, int block, float[] c, int c0) {
    int p = kernels.panel();
    for (int q = 0; q < tile.panels; q++) {
      turn(tile, o, block, q, q * p * p);
    }
    kernels.outer(
        tile.array(a),
        tile.offset(a) + as[o][0] * p,
        a.stride(),
        tile.scratch,
        0,
        tile.panels,
        tile.valid,
        c,
        c0,
        m,
        tile.first);
  }

  private void panelByPanel(Tile tile, int batch, int block, float[] c, int c0) {
    int p = kernels.panel();
    int rows = tile.panels * p * p;
    float[] from = tile.array(a);
    for (int q = 0; q < tile.panels; q++) {
      for (int k = 0; k < ks; k++) {
        int o = batch * ks + k;
        turn(tile, o, block, q, 0);
        int base = tile.offset(a) + q * a.stride();
        for (int i = 0; i < m; i++) {
          System.arraycopy(from, base + as[o][i] * p, tile.scratch, rows + i * p, p);
        }
        int valid = q == tile.panels - 1 ? tile.valid : p;
        boolean fresh = tile.first && q == 0 && k == 0;
        kernels.outer(tile.scratch, rows, 0, tile.scratch, 0, 1, valid, c, c0, m, fresh);
      }
    }
  }

  /** Turns P features of a panel of the second factor: scratch[r][j] = b[feature j][r]. */
  private void turn(Tile tile, int o, int block, int q, int to) {
    int p = kernels.panel();
    float[] from = tile.array(b);
    float[] scratch = tile.scratch;
    int base = tile.offset(b) + q * b.stride();
    int count = Math.min(p, n - block * p);
    for (int j = 0; j < count; j++) {
      int row = base + bs[o][block * p + j] * p;
      for (int r = 0; r < p; r++) {
        scratch[to + r * p + j] = from[row + r];
      }
    }
  }

  /** Adds up one share of the rows of the lanes' sums, in the order of the lanes. */
  void combine(float[][][] lanes, float[] result, int share, int shares) {
    int rows = batches * m;
    for (int row = rows * share / shares; row < rows * (share + 1) / shares; row++) {
      for (int block = 0; block < blocks(); block++) {
        combineBlock(lanes, result, row, block);
      }
    }
  }

  private void combineBlock(float[][][] lanes, float[] result, int row, int block) {
    int p = kernels.panel();
    int from = ((row / m * blocks() + block) * m + row % m) * p;
    int count = Math.min(p, n - block * p);
    int first = row * n + block * p;
    if (!rowMajor) {
      for (int j = 0; j < count; j++) {
        float total = 0;
        for (float[][] lane : lanes) {
          total += lane[sum][from + j];
        }
        result[place[first + j]] = total;
      }
      return;
    }
    System.arraycopy(lanes[0][sum], from, result, first, count);
    for (int l = 1; l < lanes.length; l++) {
      float[] lane = lanes[l][sum];
      for (int j = 0; j < count; j++) {
        result[first + j] += lane[from + j];
      }
    }
  }
}
