package dev.advect.transport;

/**
 * An assignment of least total cost, with its proof.
 *
 * <p>The potentials satisfy {@code u_i + v_j <= c_ij} for all i and j, with equality where column j
 * is that of row i, up to the rounding of double arithmetic; by duality no assignment costs less
 * than sum u + sum v.
 *
 * @param columns the column of each row, a permutation
 * @param u the potential of each row
 * @param v the potential of each column
 * @param cost the total cost
 */
public record Assignment(int[] columns, double[] u, double[] v, double cost) {
  /**
   * Solves the linear assignment problem exactly, by an auction for good prices and shortest
   * augmenting paths from there. Time grows with between the square and the cube of the size.
   */
  public static Assignment optimal(Costs costs) {
    int n = costs.size();
    double[] v = Auction.prices(costs);
    int[] columns = new ShortestPaths(costs, v).solve();
    double[] u = new double[n];
    float[] scratch = new float[n];
    double cost = 0;
    for (int i = 0; i < n; i++) {
      double c = costs.row(i, scratch)[columns[i]];
      cost += c;
      u[i] = c - v[columns[i]];
    }
    return new Assignment(columns, u, v, cost);
  }
}
