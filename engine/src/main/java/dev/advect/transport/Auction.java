package dev.advect.transport;

import java.util.Arrays;

/**
 * Prices of columns from which few augmenting paths are left to find: the auction algorithm of
 * Bertsekas with epsilon scaling ("Auction algorithms for network flow problems", 1992).
 *
 * <p>Rows bid for the column of the least reduced cost, by the margin to the second least plus
 * epsilon, and push out its owner. It works on costs rounded to whole numbers, whose minima the JVM
 * computes in vectors. Any prices are a correct start for {@link ShortestPaths}, so rounding, the
 * saturation of outliers and the limit on bids cost time later and never the optimum.
 */
final class Auction {
  /** Rounded costs are below 2^28: a difference of three of them does not overflow. */
  private static final int SHIFT = 3;

  private static final float LIMIT = 0x1p31f;

  /** Costs above this many typical ones saturate, so that an outlier does not coarsen the rest. */
  private static final float OUTLIER = 256;

  private static final double FIRST_EPSILON = 0.05; // of the typical cost
  private static final double LAST_EPSILON = 0.05; // of the typical cost over the size
  private static final double SCALING = 6;
  private static final int BIDS_PER_ROW = 64; // in one scaling phase; usual are 2 to 10

  private final Costs costs;
  private final int n;
  private final float[] scratch;
  private final float[] lowest; // of each column
  private final float[] base; // the least of each row above the lowest of the columns
  private final float[] rest;
  private final int[] price; // at most 0 and falling, above the lowest
  private final int[] reduced;
  private final int[] owner;
  private final int[] waiting;
  private float scale;

  private Auction(Costs costs) {
    this.costs = costs;
    n = costs.size();
    scratch = new float[n];
    lowest = new float[n];
    base = new float[n];
    rest = new float[n];
    price = new int[n];
    reduced = new int[n];
    owner = new int[n];
    waiting = new int[n];
  }

  /** A price for each column: its dual potential, nearly. */
  static double[] prices(Costs costs) {
    return new Auction(costs).run();
  }

  private double[] run() {
    Arrays.fill(lowest, Float.MAX_VALUE);
    for (int i = 0; i < n; i++) {
      lower(lowest, costs.row(i, scratch), n);
    }
    float[] means = new float[n];
    float largest = 0;
    for (int i = 0; i < n; i++) {
      float[] c = costs.row(i, scratch);
      base[i] = least(c, lowest, rest, n);
      means[i] = sum(rest, n) / n - base[i];
      largest = Math.max(largest, max(rest, n) - base[i]);
    }
    Arrays.sort(means);
    float typical = means[n / 2];
    float top = Math.min(largest, OUTLIER * typical);
    double[] prices = new double[n];
    if (n > 1 && top > Float.MIN_NORMAL) {
      scale = LIMIT / top;
      double unit = (1 << SHIFT) / (double) scale;
      scaled(typical / unit * FIRST_EPSILON, typical / unit * LAST_EPSILON / n);
      for (int j = 0; j < n; j++) {
        prices[j] = lowest[j] + price[j] * unit;
      }
    }
    return prices;
  }

  private void scaled(double first, double last) {
    boolean whole = true;
    for (double epsilon = first; whole && epsilon >= Math.max(1, last); epsilon /= SCALING) {
      shiftToZero();
      whole = phase((int) epsilon);
    }
  }

  /** Makes the highest price 0, which changes no difference. */
  private void shiftToZero() {
    int highest = Integer.MIN_VALUE;
    for (int p : price) {
      highest = Math.max(highest, p);
    }
    for (int j = 0; j < n; j++) {
      price[j] -= highest;
    }
  }

  /** Auctions all columns anew; false if the bids ran out before every row had one. */
  private boolean phase(int epsilon) {
    Arrays.fill(owner, -1);
    int top = 0;
    for (int i = n - 1; i >= 0; i--) {
      waiting[top++] = i;
    }
    for (long bids = (long) n * BIDS_PER_ROW; top > 0 && bids > 0; bids--) {
      int i = waiting[--top];
      float[] c = costs.row(i, scratch);
      int least = reduce(c, lowest, base[i], scale, price, reduced, n);
      int j = indexOf(reduced, least);
      reduced[j] = Integer.MAX_VALUE;
      price[j] -= margin(reduced, least, n) + epsilon;
      if (owner[j] >= 0) {
        waiting[top++] = owner[j];
      }
      owner[j] = i;
    }
    return top == 0;
  }

  /** Writes the reduced costs of a row and gives the least. */
  private static int reduce(
      float[] c, float[] lowest, float base, float scale, int[] price, int[] reduced, int n) {
    int least = Integer.MAX_VALUE;
    for (int j = 0; j < n; j++) {
      int r = ((int) ((c[j] - lowest[j] - base) * scale) >> SHIFT) - price[j];
      reduced[j] = r;
      least = Math.min(least, r);
    }
    return least;
  }

  private static int indexOf(int[] values, int value) {
    int j = 0;
    while (values[j] != value) {
      j++;
    }
    return j;
  }

  /** How far the least of some values is above a number. */
  private static int margin(int[] values, int above, int n) {
    int least = Integer.MAX_VALUE;
    for (int j = 0; j < n; j++) {
      least = Math.min(least, values[j] - above);
    }
    return least;
  }

  private static void lower(float[] lowest, float[] c, int n) {
    for (int j = 0; j < n; j++) {
      lowest[j] = Math.min(lowest[j], c[j]);
    }
  }

  /** The least of what is left of a row above the columns' lowest costs, which is written out. */
  private static float least(float[] c, float[] lowest, float[] rest, int n) {
    float least = Float.MAX_VALUE;
    for (int j = 0; j < n; j++) {
      float r = c[j] - lowest[j];
      rest[j] = r;
      least = Math.min(least, r);
    }
    return least;
  }

  private static float max(float[] values, int n) {
    float most = 0;
    for (int j = 0; j < n; j++) {
      most = values[j] > most ? values[j] : most;
    }
    return most;
  }

  /** In four parts, to let them overlap. */
  private static float sum(float[] values, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int j = 0;
    for (; j + 3 < n; j += 4) {
      a += values[j];
      b += values[j + 1];
      c += values[j + 2];
      d += values[j + 3];
    }
    for (; j < n; j++) {
      a += values[j];
    }
    return a + b + (c + d);
  }
}
