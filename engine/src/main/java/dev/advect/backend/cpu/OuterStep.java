package dev.advect.backend.cpu;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Labels;
import dev.advect.program.Program;
import dev.advect.program.View;
import java.util.Arrays;

/**
 * A product of two per-sample values summed over the samples: the weight gradient X^T dY.
 *
 * <p>One factor is turned so that its features lie side by side, {@code P} at a time; then sample
 * after sample is added to the lane's sum {@code [batch][N/P][M][P]}, N being the features of the
 * turned factor. Each element is one chain over the samples, so tiles do not change it.
 *
 * <p>A large sum is <em>deferred</em>: the tiles only keep the two factors, and when all have done
 * so the sum is computed piece by piece, right before what reads it. No lane then has to hold,
 * write and read a sum of its own, and any number of workers can share the work.
 */
final class OuterStep implements TileStep {
  /**
   * One of the two factors.
   *
   * @param features [batch * K][size] of them in the value that lies in memory
   * @param runs whether each row of features is one after another
   */
  private record Factor(Place place, String labels, int size, int[][] features, boolean runs) {
    static Factor of(Labels labels, View view, String own, Value arg, String inner, Places places) {
      int[] outer = labels.offsets(labels.batch() + labels.k(), own, arg);
      int[] in = labels.offsets(inner, own, arg);
      int[][] rows = new int[outer.length][in.length];
      for (int o = 0; o < outer.length; o++) {
        for (int i = 0; i < in.length; i++) {
          rows[o][i] = view.at(outer[o] + in[i]);
        }
      }
      boolean runs = Arrays.stream(rows).allMatch(Labels::isRun);
      return new Factor(places.of(view.base()), inner, in.length, rows, runs);
    }

    /** How many features there are when they fill panels. */
    int padded(int panel) {
      return (size + panel - 1) / panel * panel;
    }
  }

  /** Sums of fewer floats are best kept in lanes. */
  private static final int LEAST_DEFERRED = 1 << 14;

  /** Of many samples larger ones too, since their factors take more memory than lanes. */
  private static final int LEAST_DEFERRED_OF_MANY = 1 << 18;

  private static final int MANY_SAMPLES = 512;

  /** Nor is a sum deferred whose factors take more floats, 64 MiB. */
  private static final long MOST_KEPT = 1 << 24;

  private final int sum;
  private final Kernels kernels;
  private final RowKernels rowKernels;
  private final int[] groups; // where each group of rows begins in a panel
  private final Factor broadcast;
  private final Factor turned;
  private final int batches;
  private final int m; // features of the factor whose numbers are broadcast
  private final int n; // features of the turned factor
  private final int ks;
  private final int[] place; // where element (batch, m, n) of the sum goes in the result
  private final boolean rowMajor; // whether it goes to place (batch, m, n)
  private final DeferredSum later; // null if the sum is never deferred
  private boolean deferred;

  OuterStep(Program program, Value value, int sum, Kernels kernels, Places places) {
    this.sum = sum;
    this.kernels = kernels;
    var c = (Linear.Contract) value.op();
    Labels labels = Labels.of(value);
    View av = program.reads(value).get(0);
    View bv = program.reads(value).get(1);
    Factor a = Factor.of(labels, av, c.a(), value.arg(0), labels.m(), places);
    Factor b = Factor.of(labels, bv, c.b(), value.arg(1), labels.n(), places);
    // Lanes beyond the turned factor's features are wasted work; turning the first factor, whose
    // sum then has to be turned back, pays only where that waste is large.
    int p = kernels.panel();
    boolean swap = 4L * a.size() * b.padded(p) > 5L * b.size() * a.padded(p);
    broadcast = swap ? b : a;
    turned = swap ? a : b;
    m = broadcast.size();
    n = turned.size();
    batches = labels.size(labels.batch());
    ks = labels.size(labels.k());
    place = labels.offsets(labels.batch() + broadcast.labels() + turned.labels(), c.out(), value);
    rowMajor = Labels.isRun(place);
    boolean deferrable =
        ks == 1
            && batches == 1
            && rowMajor
            && broadcast.runs
            && turned.runs
            && m * n >= LEAST_DEFERRED;
    later = deferrable ? new DeferredSum(kernels, m, n) : null;
    rowKernels = new RowKernels(m, kernels, rows -> kernels.kernel(new Kernels.Shape(rows, p, 1)));
    groups = rowKernels.groups(row -> row * p);
  }

  /** Floats of a lane's sum. */
  int floats() {
    return batches * blocks() * m * kernels.panel();
  }

  private int blocks() {
    return turned.padded(kernels.panel()) / kernels.panel();
  }

  /** Floats of scratch a tile needs: a turned block of one factor, rows of the other. */
  int scratch(int panels) {
    int p = kernels.panel();
    int piece = later == null ? p : later.scratch();
    return Math.max(panels * p * p + m * p, piece);
  }

  /**
   * Gets ready for a run.
   *
   * @param samples how many there are
   * @param loops whether the step is run more than once for each sample
   */
  void begin(int samples, boolean loops) {
    deferred =
        later != null
            && !loops
            && later.kept(samples) <= MOST_KEPT
            && m * n >= (samples > MANY_SAMPLES ? LEAST_DEFERRED_OF_MANY : LEAST_DEFERRED);
    if (deferred) {
      later.begin(samples);
    }
  }

  /** Whether the sum needs no lanes in this run. */
  boolean isDeferred() {
    return deferred;
  }

  @Override
  public void run(Tile tile, int worker) {
    if (deferred) {
      keep(tile);
      return;
    }
    float[] c = tile.sum(sum);
    for (int batch = 0; batch < batches; batch++) {
      for (int block = 0; block < blocks(); block++) {
        int c0 = (batch * blocks() + block) * m * kernels.panel();
        if (ks == 1 && broadcast.runs) {
          wholeTile(tile, batch, block, c, c0);
        } else {
          panelByPanel(tile, batch, block, c, c0);
        }
      }
    }
  }

  private void keep(Tile tile) {
    int p = kernels.panel();
    Place place = broadcast.place;
    int first = tile.from / p;
    for (int q = 0; q < tile.panels; q++) {
      int at = tile.offset(place) + q * place.stride() + broadcast.features[0][0] * p;
      later.keep(first + q, tile.array(place), at);
      for (int block = 0; block < blocks(); block++) {
        turn(tile, 0, block, q, later.turned(), later.square(first + q, block));
      }
    }
  }

  private void wholeTile(Tile tile, int o, int block, float[] c, int c0) {
    int p = kernels.panel();
    for (int q = 0; q < tile.panels; q++) {
      turn(tile, o, block, q, tile.scratch, q * p * p);
    }
    Place place = broadcast.place;
    int a0 = tile.offset(place) + broadcast.features[o][0] * p;
    add(
        tile.array(place),
        a0,
        place.stride(),
        tile.scratch,
        0,
        tile.panels,
        tile.valid,
        c,
        c0,
        tile.first);
  }

  private void panelByPanel(Tile tile, int batch, int block, float[] c, int c0) {
    int p = kernels.panel();
    int rows = tile.panels * p * p;
    float[] from = tile.array(broadcast.place);
    for (int q = 0; q < tile.panels; q++) {
      for (int k = 0; k < ks; k++) {
        int o = batch * ks + k;
        turn(tile, o, block, q, tile.scratch, 0);
        int base = tile.offset(broadcast.place) + q * broadcast.place.stride();
        for (int i = 0; i < m; i++) {
          System.arraycopy(
              from, base + broadcast.features[o][i] * p, tile.scratch, rows + i * p, p);
        }
        int valid = q == tile.panels - 1 ? tile.valid : p;
        boolean fresh = tile.first && q == 0 && k == 0;
        add(tile.scratch, rows, 0, tile.scratch, 0, 1, valid, c, c0, fresh);
      }
    }
  }

  /** Adds the products of all rows. */
  private void add(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      boolean fresh) {
    int p = kernels.panel();
    rowKernels.run(a, groups, 0, m, a0, aStride, b, b0, panels, p, valid, c, c0, fresh);
  }

  /** Turns P features of a panel of a factor: out[r][j] = b[feature j][r]. */
  private void turn(Tile tile, int o, int block, int q, float[] out, int to) {
    int p = kernels.panel();
    float[] from = tile.array(turned.place);
    int base = tile.offset(turned.place) + q * turned.place.stride();
    int[] features = turned.features[o];
    int first = block * p;
    int count = Math.min(p, n - first);
    if (turned.runs) {
      // Rows beyond the last are whatever lies there, and lanes that nobody reads.
      int l = kernels.block();
      for (int j = 0; j < count; j += l) {
        int row = base + (features[first] + j) * p;
        for (int r = 0; r < p; r += l) {
          kernels.turn(from, row + r, p, out, to + r * p + j, p);
        }
      }
      return;
    }
    for (int j = 0; j < count; j++) {
      int row = base + features[first + j] * p;
      for (int r = 0; r < p; r++) {
        out[to + r * p + j] = from[row + r];
      }
    }
  }

  /** Pieces of the result begin at multiples of it. */
  int granule() {
    int rows = later == null ? kernels.block() : later.rows();
    return rowMajor ? rows * n : batches * m * n;
  }

  /**
   * Makes a piece of the result: adds up the lanes' sums, in the order of the lanes, or computes
   * what was deferred.
   *
   * @param scratch room for a kernel's result
   */
  void combine(float[][] lanes, float[] result, float[] scratch, int begin, int end) {
    if (deferred) {
      later.product(result, scratch, begin / n, end / n);
      return;
    }
    int rows;
    for (int row = begin / n; row < end / n; row += rows) {
      rows = Math.min(end / n - row, m - row % m); // of one element of the batch
      combineRows(lanes, result, scratch, row, rows);
    }
  }

  private void combineRows(float[][] lanes, float[] result, float[] scratch, int row, int rows) {
    int p = kernels.panel();
    for (int block = 0; block < blocks(); block++) {
      int from = ((row / m * blocks() + block) * m + row % m) * p;
      int count = Math.min(p, n - block * p);
      int first = row * n + block * p;
      Lines.own(lanes, from, from + rows * p);
      if (rowMajor && count == p) {
        kernels.addUp(lanes, from, result, first, n, rows);
        continue;
      }
      kernels.addUp(lanes, from, scratch, 0, p, rows);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < count; j++) {
          result[place[first + i * n + j]] = scratch[i * p + j];
        }
      }
    }
  }
}
