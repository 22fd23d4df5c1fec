package dev.advect.transport;

import dev.advect.AdvectException;

/**
 * The costs |x_i - y_j|^2 between two point sets of equal size.
 *
 * <p>They are sums of squared differences, not |x|^2 + |y|^2 - 2 x.y: a small distance between
 * points far from the origin keeps its digits, and reading the coordinates bounds both forms alike.
 * Small matrices are kept; large ones are kept when the dimension makes them dear and memory
 * allows, and are computed row by row otherwise.
 */
public final class SquaredDistances implements Costs {
  /** Costs below this many bytes stay in the caches. */
  private static final long SMALL = 16L << 20;

  /** A row of fewer coordinates is computed about as fast as it is read from memory. */
  private static final int CHEAP_DIM = 8;

  private final int size;
  private final int dim;
  private final float[] x;
  private final float[][] y; // [dim][size]
  private final float[][] kept; // [size][size] or null

  private SquaredDistances(float[] x, float[][] y, int size, int dim, boolean keep) {
    this.size = size;
    this.dim = dim;
    this.x = x;
    this.y = y;
    if (keep) {
      var rows = new float[size][size];
      for (int i = 0; i < size; i++) {
        fill(i, rows[i]);
      }
      kept = rows;
    } else {
      kept = null;
    }
  }

  /**
   * The costs from x to y.
   *
   * @param x {@code size * dim} numbers, point by point; not copied
   * @param y as many
   * @param dim coordinates of a point
   * @throws AdvectException if a coordinate is not finite, or a distance is too large to be a cost
   */
  public static SquaredDistances between(float[] x, float[] y, int dim) {
    if (dim < 1 || x.length == 0 || x.length % dim != 0 || x.length != y.length) {
      throw new IllegalArgumentException(
          "%d and %d numbers are no equally many points of dimension %d"
              .formatted(x.length, y.length, dim));
    }
    double reach = requireFinite("source", x, dim) + requireFinite("target", y, dim);
    // |x - y|^2 <= dim (max |x| + max |y|)^2, with room for the sums that solvers form.
    if (dim * reach * reach > Float.MAX_VALUE / 16) {
      throw new AdvectException(
          "points with coordinates up to %.3g are too far apart for squared distances"
              .formatted(reach),
          "normalise the data, or look for points that diverged");
    }
    int size = x.length / dim;
    var columns = new float[dim][size];
    for (int j = 0; j < size; j++) {
      for (int k = 0; k < dim; k++) {
        columns[k][j] = y[j * dim + k];
      }
    }
    long bytes = (long) size * size * Float.BYTES;
    boolean keep =
        bytes <= SMALL || (dim > CHEAP_DIM && bytes <= Runtime.getRuntime().maxMemory() / 4);
    return new SquaredDistances(x, columns, size, dim, keep);
  }

  /** The largest absolute coordinate. */
  private static double requireFinite(String what, float[] points, int dim) {
    float largest = 0;
    for (int i = 0; i < points.length; i++) {
      if (!Float.isFinite(points[i])) {
        throw new AdvectException(
            "%s point %d has the coordinate %d = %s".formatted(what, i / dim, i % dim, points[i]),
            "distances need finite points: look for a solve that diverged");
      }
      largest = Math.max(largest, Math.abs(points[i]));
    }
    return largest;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public float[] row(int row, float[] scratch) {
    if (kept != null) {
      return kept[row];
    }
    fill(row, scratch);
    return scratch;
  }

  /** Two coordinates at a time, so that the sums are read and written half as often. */
  private void fill(int i, float[] out) {
    int at = i * dim;
    if (dim == 1) {
      square(x[at], y[0], out, size);
      return;
    }
    squares(x[at], y[0], x[at + 1], y[1], out, size);
    int k = 2;
    for (; k + 1 < dim; k += 2) {
      addSquares(x[at + k], y[k], x[at + k + 1], y[k + 1], out, size);
    }
    if (k < dim) {
      addSquare(x[at + k], y[k], out, size);
    }
  }

  private static void square(float p, float[] q, float[] out, int n) {
    for (int j = 0; j < n; j++) {
      float d = p - q[j];
      out[j] = d * d;
    }
  }

  private static void addSquare(float p, float[] q, float[] out, int n) {
    for (int j = 0; j < n; j++) {
      float d = p - q[j];
      out[j] += d * d;
    }
  }

  private static void squares(float p, float[] q, float r, float[] s, float[] out, int n) {
    for (int j = 0; j < n; j++) {
      float d = p - q[j];
      float e = r - s[j];
      out[j] = d * d + e * e;
    }
  }

  private static void addSquares(float p, float[] q, float r, float[] s, float[] out, int n) {
    for (int j = 0; j < n; j++) {
      float d = p - q[j];
      float e = r - s[j];
      out[j] += d * d + e * e;
    }
  }
}
