package dev.advect.backend.cpu;

/**
 * Lines of the cache.
 *
 * <p>What a worker writes into a line that another core has only read waits until that core has
 * given it up, and each half of a vector does so by itself: on a Zen 4 that is 9 ns a line where 1
 * ns is usual, and up to 30 ns for lines of weights among those of their moments. One float a line,
 * written shortly before, makes it 5. A line that the other core has written comes at once.
 */
final class Lines {
  /** Floats of a line, or fewer. */
  private static final int FLOATS = 16;

  /** What was read last; that anyone might look at it keeps the reads from being left out. */
  private static float seen;

  private Lines() {}

  /**
   * Takes lines for this core by writing into each what is there: before it writes numbers that
   * others have read, or reads numbers that another core will write again.
   */
  static void own(float[] a, int from, int to) {
    for (int i = from; i < to; i += FLOATS) {
      a[i] = -0f + a[i]; // the just-in-time compiler would leave out writing a number it has read
    }
  }

  /** Takes the same lines of some arrays. */
  static void own(float[][] arrays, int from, int to) {
    for (float[] a : arrays) {
      own(a, from, to);
    }
  }

  /** Brings rows of lines into the cache, in the order of memory. */
  static void fetch(float[] a, int from, int pitch, int rows, int floats) {
    float sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += read(a, from + r * pitch, from + r * pitch + floats);
    }
    seen = sum;
  }

  /** Reads a number of each line, in four chains that do not wait for each other. */
  private static float read(float[] a, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = from;
    for (; i + 3 * FLOATS < to; i += 4 * FLOATS) {
      s0 += a[i];
      s1 += a[i + FLOATS];
      s2 += a[i + 2 * FLOATS];
      s3 += a[i + 3 * FLOATS];
    }
    for (; i < to; i += FLOATS) {
      s0 += a[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
