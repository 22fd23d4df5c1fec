package dev.advect.transport;

import java.util.Arrays;

/**
 * Completes an assignment by shortest augmenting paths: Jonker and Volgenant, "A shortest
 * augmenting path algorithm for dense and sparse linear assignment problems" (1987), from any
 * prices of the columns.
 *
 * <p>Throughout, c_ij - v_j >= u_i with equality where row i has column j: at the end this is the
 * proof of optimality. The costs are floats and everything computed from them is double.
 */
final class ShortestPaths {
  private static final int NONE = -1;

  private final Costs costs;
  private final int n;
  private final float[] scratch;
  private final double[] v;
  private final int[] columnOf;
  private final int[] rowOf;
  private final int[] free; // rows without a column
  private int freeCount;

  // Of the search for one path.
  private final double[] distance; // of columns not reached finally; infinite for the others
  private final double[] open; // v of the same columns; -infinite for the others
  private final double[] settled;
  private final int[] order;
  private final int[] before; // the row a column is reached from

  /**
   * @param v a price for each column, which is changed to its potential
   */
  ShortestPaths(Costs costs, double[] v) {
    this.costs = costs;
    this.v = v;
    n = costs.size();
    scratch = new float[n];
    columnOf = new int[n];
    rowOf = new int[n];
    free = new int[n];
    distance = new double[n];
    open = new double[n];
    settled = new double[n];
    order = new int[n];
    before = new int[n];
    Arrays.fill(columnOf, NONE);
    Arrays.fill(rowOf, NONE);
    for (int i = 0; i < n; i++) {
      free[i] = i;
    }
    freeCount = n;
  }

  /** The column of each row in an assignment of least total cost. */
  int[] solve() {
    if (n > 1) {
      reduceRows();
    }
    for (int k = 0; k < freeCount; k++) {
      augment(free[k]);
    }
    return columnOf;
  }

  /**
   * The augmenting row reduction: each free row takes the column of its least reduced cost, whose
   * price falls to where the second least is as good, and frees its owner. It is an auction with
   * epsilon 0, and so it need not end; who is free after a few turns is left to the paths.
   */
  private void reduceRows() {
    int next = 0;
    int rows = freeCount;
    freeCount = 0;
    long turns = 4L * n;
    while (next < rows) {
      int i = free[next++];
      float[] c = costs.row(i, scratch);
      double least = Double.POSITIVE_INFINITY;
      double second = Double.POSITIVE_INFINITY;
      int j = NONE;
      int other = NONE;
      for (int k = 0; k < n; k++) {
        double r = c[k] - v[k];
        if (r < second) {
          if (r < least) {
            second = least;
            other = j;
            least = r;
            j = k;
          } else {
            second = r;
            other = k;
          }
        }
      }
      double price = v[j] - (second - least);
      boolean falls = price < v[j];
      if (falls) {
        v[j] = price;
      } else if (rowOf[j] != NONE) {
        j = other;
      }
      int owner = rowOf[j];
      columnOf[i] = j;
      rowOf[j] = i;
      if (owner != NONE) {
        columnOf[owner] = NONE;
        if (falls && --turns > 0) {
          free[--next] = owner;
        } else {
          free[freeCount++] = owner;
        }
      }
    }
  }

  /** Finds the shortest path from a free row to a free column, by Dijkstra, and flips it. */
  private void augment(int start) {
    System.arraycopy(v, 0, open, 0, n);
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    int count = 0;
    int i = start;
    int end = NONE;
    double offset = 0; // the distance to row i, less the reduced cost of its own column
    double length = 0;
    while (end == NONE) {
      float[] c = costs.row(i, scratch);
      int j = relax(c, i, offset);
      length = distance[j];
      settled[count] = length;
      order[count++] = j;
      distance[j] = Double.POSITIVE_INFINITY;
      open[j] = Double.NEGATIVE_INFINITY;
      if (rowOf[j] == NONE) {
        end = j;
      } else {
        i = rowOf[j];
        offset = length - (costs.row(i, scratch)[j] - v[j]);
      }
    }
    for (int k = 0; k < count; k++) {
      v[order[k]] += settled[k] - length;
    }
    int j = end;
    int row;
    do {
      row = before[j];
      rowOf[j] = row;
      int previous = columnOf[row];
      columnOf[row] = j;
      j = previous;
    } while (row != start);
  }

  /** Shortens the distances of open columns by way of a row; the nearest of them. */
  private int relax(float[] c, int i, double offset) {
    double nearest = Double.POSITIVE_INFINITY;
    int column = NONE;
    for (int j = 0; j < n; j++) {
      double by = c[j] - open[j] + offset; // infinite for a column that is not open
      double d = distance[j];
      if (by < d) {
        distance[j] = by;
        before[j] = i;
        d = by;
      }
      if (d < nearest) {
        nearest = d;
        column = j;
      }
    }
    return column;
  }
}
