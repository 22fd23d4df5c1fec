package dev.advect.backend.cpu;

/**
 * A product of two per-sample values summed over all samples, computed piece by piece when the
 * whole batch is there.
 *
 * <p>Some samples at a time, of which a few features of one factor fit the first-level cache, are
 * added to some rows of the sum. Both factors are kept in the order in which the kernels read them,
 * so that each element's terms of those samples are one uninterrupted loop. Each element is one
 * chain over the samples, whatever the pieces.
 */
final class DeferredSum {
  /** Floats of the turned factor that stay in the first-level cache while rows go by: 32 KiB. */
  private static final int CHUNK = 1 << 13;

  /** Rows of a piece, in blocks: so often each turned number is used. */
  private static final int LEAST_BLOCKS = 4;

  /** More of them, times a thousand columns, would not stay in the second-level cache. */
  private static final int MOST_BLOCKS = 8;

  /** Pieces that a sum should have, so that workers can share it. */
  private static final int PIECES = 4;

  private final Kernels kernels;
  private final int m; // features of the factor whose numbers are broadcast
  private final int n; // features of the turned factor
  private final int blocks; // of the turned factor, P features each
  private final int chunk; // panels of samples at a time
  private final int pitch; // floats from one of their rows to the next
  private final RowKernels rowKernels;
  private final int[] groups; // where each group of rows begins

  private int samples;
  private float[] broadcast = {}; // [chunk][m][pitch]
  private float[] turned = {}; // [chunk][block][panel][P][P]

  DeferredSum(Kernels kernels, int m, int n) {
    this.kernels = kernels;
    this.m = m;
    this.n = n;
    int p = kernels.panel();
    blocks = (n + p - 1) / p;
    chunk = CHUNK / (p * p);
    pitch = chunk * p;
    rowKernels = new RowKernels(m, kernels, r -> kernels.kernel(new Kernels.Shape(r, pitch, 1)));
    groups = rowKernels.groups(row -> row * pitch);
  }

  /** Rows that pieces of the result should have. */
  int rows() {
    int l = kernels.block();
    return Math.clamp(m / (PIECES * l), LEAST_BLOCKS, MOST_BLOCKS) * l;
  }

  /** Floats of scratch that a piece needs. */
  int scratch() {
    return blocks * rows() * kernels.panel();
  }

  /** Floats in which the factors of so many samples are kept. */
  long kept(int samples) {
    return (long) chunks(samples) * pitch * (m + (long) blocks * kernels.panel());
  }

  private int chunks(int samples) {
    return samples / pitch + (samples % pitch == 0 ? 0 : 1);
  }

  /** Makes room for the factors of so many samples. */
  void begin(int samples) {
    this.samples = samples;
    int p = kernels.panel();
    int chunks = chunks(samples);
    if (broadcast.length < chunks * m * pitch) {
      broadcast = new float[chunks * m * pitch];
      turned = new float[chunks * blocks * chunk * p * p];
    }
  }

  /** Keeps a panel of the factor whose numbers are broadcast, {@code [m][P]}. */
  void keep(int panel, float[] from, int at) {
    int p = kernels.panel();
    int to = panel / chunk * m * pitch + panel % chunk * p;
    kernels.copyRows(from, at, p, broadcast, to, pitch, m);
  }

  /** Where the other factor is kept, by the square. */
  float[] turned() {
    return turned;
  }

  /** Where the square of a panel of samples and a block of features begins. */
  int square(int panel, int block) {
    int p = kernels.panel();
    return ((panel / chunk * blocks + block) * chunk + panel % chunk) * p * p;
  }

  /** Computes some rows of the sum; the first of them begins a group. */
  void product(float[] result, float[] scratch, int begin, int end) {
    int most = rows();
    for (int row = begin; row < end; row += most) {
      int rows = Math.min(most, end - row);
      for (int first = 0; first < samples; first += pitch) {
        addChunk(first, scratch, row, rows);
      }
      store(scratch, result, row, rows);
    }
  }

  /** Adds a chunk's share to some rows of the sum, which lie as [block][rows][P]. */
  private void addChunk(int sample, float[] sums, int row, int rows) {
    int p = kernels.panel();
    int length = Math.min(pitch, samples - sample);
    for (int block = 0; block < blocks; block++) {
      rowKernels.run(
          broadcast,
          groups,
          row,
          row + rows,
          sample * m,
          0,
          turned,
          square(sample / p, block),
          1,
          length,
          length,
          sums,
          block * rows * p,
          sample == 0);
    }
  }

  /** Puts rows together, one after another: across rows, the cache would hold few lines. */
  private void store(float[] sums, float[] result, int row, int rows) {
    int p = kernels.panel();
    int full = n / p;
    for (int i = 0; i < rows; i++) {
      int to = (row + i) * n;
      kernels.copyRows(sums, i * p, rows * p, result, to, p, full);
      if (full < blocks) {
        System.arraycopy(sums, (full * rows + i) * p, result, to + full * p, n - full * p);
      }
    }
  }
}
