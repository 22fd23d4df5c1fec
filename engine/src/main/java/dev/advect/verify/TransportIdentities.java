package dev.advect.verify;

import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Mixture;
import dev.advect.transport.Assignment;
import dev.advect.transport.Costs;
import dev.advect.transport.EntropicPlan;
import dev.advect.transport.EntropicPlan.Outcome;
import dev.advect.transport.SquaredDistances;
import java.util.List;
import java.util.function.Function;

/** Laws of optimal transport between equally many points. */
final class TransportIdentities {
  private static final double[] EPSILONS = {1, 0.1, 0.01};

  /** A way from costs and an epsilon to an entropic plan. */
  interface Entropic {
    EntropicPlan plan(Costs costs, double epsilon);
  }

  private TransportIdentities() {}

  static List<Identity> all() {
    return List.of(
        permutation(Assignment::optimal),
        bruteForce(Assignment::optimal),
        duality(Assignment::optimal),
        marginals(TransportIdentities::entropic),
        limit(TransportIdentities::entropic),
        bridge(TransportIdentities::entropic));
  }

  /** The plan as far as the search got: an unconverged one is for the measurement to find out. */
  static EntropicPlan entropic(Costs costs, double epsilon) {
    return switch (EntropicPlan.solve(costs, epsilon)) {
      case Outcome.Converged(EntropicPlan plan) -> plan;
      case Outcome.Unconverged(EntropicPlan plan) -> plan;
    };
  }

  /** Noise against the mixture. */
  static Costs costs(long seed, int n) {
    float[] x = Reference.floats(Mixture.standardNormal(2).samples(seed, n));
    float[] y = Reference.floats(GaussianMixtureFlow.planeData().samples(seed + 1, n));
    return SquaredDistances.between(x, y, 2);
  }

  /** The sum of the costs of a permutation; infinite if it is none. */
  private static double total(Costs costs, int[] columns) {
    var used = new boolean[columns.length];
    float[] scratch = new float[columns.length];
    double sum = 0;
    for (int i = 0; i < columns.length; i++) {
      if (used[columns[i]]) {
        return Double.POSITIVE_INFINITY;
      }
      used[columns[i]] = true;
      sum += costs.row(i, scratch)[columns[i]];
    }
    return sum;
  }

  private static int[] identity(int n) {
    int[] columns = new int[n];
    for (int i = 0; i < n; i++) {
      columns[i] = i;
    }
    return columns;
  }

  static Identity permutation(Function<Costs, Assignment> solver) {
    return new Identity(
        "transport.exact.permutation",
        "the assignment is a permutation that costs no more than pairs as they come: largest ratio"
            + " of the costs over 5 problems of 100 points",
        "Pooladian et al. 2023 (arXiv 2304.14772), section 3",
        new Tolerance.AtMost(1),
        "an inequality",
        _ -> {
          double largest = 0;
          for (int seed = 0; seed < 5; seed++) {
            Costs costs = costs(10 * seed, 100);
            double found = total(costs, solver.apply(costs).columns());
            largest = Reference.worse(largest, found / total(costs, identity(100)));
          }
          return largest;
        });
  }

  static Identity bruteForce(Function<Costs, Assignment> solver) {
    return new Identity(
        "transport.exact.bruteforce",
        "the assignment is the cheapest of all permutations: largest relative excess over 10"
            + " problems of 7 points",
        "the definition of the linear assignment problem",
        new Tolerance.AtMost(1e-12),
        "sums of 7 numbers in double, in another order",
        _ -> {
          double largest = 0;
          for (int seed = 0; seed < 10; seed++) {
            Costs costs = costs(10 * seed, 7);
            double least = least(costs, identity(7), 0);
            double found = total(costs, solver.apply(costs).columns());
            largest = Reference.worse(largest, Math.abs(found / least - 1));
          }
          return largest;
        });
  }

  /** The least cost of the permutations that agree with one on its first places. */
  private static double least(Costs costs, int[] columns, int places) {
    if (places == columns.length) {
      return total(costs, columns);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int k = places; k < columns.length; k++) {
      swap(columns, places, k);
      least = Math.min(least, least(costs, columns, places + 1));
      swap(columns, places, k);
    }
    return least;
  }

  private static void swap(int[] columns, int i, int j) {
    int kept = columns[i];
    columns[i] = columns[j];
    columns[j] = kept;
  }

  static Identity duality(Function<Costs, Assignment> solver) {
    return new Identity(
        "transport.exact.duality",
        "potentials u_i + v_j <= c_ij add up to the cost, which proves the assignment of 256 points"
            + " optimal: largest violation or gap, over the mean cost",
        "Kuhn 1955; Peyre and Cuturi 2019 (arXiv 1803.00567), proposition 2.4",
        new Tolerance.AtMost(1e-9),
        "double arithmetic on float32 costs",
        _ -> {
          int n = 256;
          Costs costs = costs(3, n);
          Assignment found = solver.apply(costs);
          double cost = total(costs, found.columns());
          double gap = cost;
          double violation = 0;
          float[] scratch = new float[n];
          for (int i = 0; i < n; i++) {
            float[] c = costs.row(i, scratch);
            gap -= found.u()[i] + found.v()[i];
            for (int j = 0; j < n; j++) {
              violation = Math.max(violation, found.u()[i] + found.v()[j] - c[j]);
            }
          }
          return Reference.worse(Math.abs(gap) / cost, violation * n / cost);
        });
  }

  static Identity marginals(Entropic solver) {
    return new Identity(
        "transport.entropic.marginals",
        "rows and columns of the entropic plan of 64 points add up to 1/64, for epsilon 1, 0.1 and"
            + " 0.01: largest error",
        "Cuturi 2013 (arXiv 1306.0895)",
        new Tolerance.AtMost(1e-9),
        "where the search ends",
        _ -> {
          int n = 64;
          double largest = 0;
          for (double epsilon : EPSILONS) {
            double[][] q = solver.plan(costs(5, n), epsilon).conditional();
            for (int i = 0; i < n; i++) {
              double row = 0;
              double column = 0;
              for (int j = 0; j < n; j++) {
                row += q[i][j] / n;
                column += q[j][i] / n;
              }
              largest = Reference.worse(largest, Math.abs(row - 1.0 / n));
              largest = Reference.worse(largest, Math.abs(column - 1.0 / n));
            }
          }
          return largest;
        });
  }

  /**
   * With L the least mean cost, the exact permutation shows L + epsilon ln n for the entropic
   * objective, so the plan's cost exceeds L by at most epsilon ln n.
   */
  static Identity limit(Entropic solver) {
    return new Identity(
        "transport.entropic.limit",
        "the entropic plan goes to the exact one: largest excess of its mean cost over epsilon ln"
            + " n, for 64 points and epsilon 1, 0.1 and 0.01",
        "Peyre and Cuturi 2019 (arXiv 1803.00567), proposition 4.1",
        new Tolerance.AtMost(1),
        "an inequality",
        _ -> {
          int n = 64;
          Costs costs = costs(5, n);
          double least = Assignment.optimal(costs).cost() / n;
          double largest = 0;
          for (double epsilon : EPSILONS) {
            double excess = solver.plan(costs, epsilon).meanCost(costs) - least;
            double part = excess / (epsilon * Math.log(n));
            // Nothing is cheaper than the exact plan.
            largest = Reference.worse(largest, part < -1e-6 ? Double.NaN : part);
          }
          return largest;
        });
  }

  /**
   * Between standard normals the plan for epsilon = 2 sigma^2 is Gaussian with the covariance
   * (sqrt(4 + sigma^4) - sigma^2) / 2: the ends of the Schroedinger bridge of a Brownian motion of
   * rate sigma.
   */
  static Identity bridge(Entropic solver) {
    return new Identity(
        "transport.entropic.bridge",
        "the plan for epsilon = 2 sigma^2 between standard normals has the covariance of the"
            + " Schroedinger bridge's ends: error in standard errors over 16 problems of 128"
            + " points",
        "Janati et al. 2020 (arXiv 2006.02572), theorem 1; Tong et al. 2024 (arXiv 2307.03672)",
        new Tolerance.AtMost(4),
        "a normal figure exceeds 4 once in 16000 seeds; the bias of 128 points is smaller",
        _ -> {
          double sigma2 = 1;
          int n = 128;
          var covariance = new Statistics(1);
          for (int seed = 0; seed < 16; seed++) {
            double[] x = Mixture.standardNormal(1).samples(100 + seed, n);
            double[] y = Mixture.standardNormal(1).samples(200 + seed, n);
            Costs costs = SquaredDistances.between(Reference.floats(x), Reference.floats(y), 1);
            double squares = 0;
            for (int i = 0; i < n; i++) {
              squares += (x[i] * x[i] + y[i] * y[i]) / n;
            }
            double distance = solver.plan(costs, 2 * sigma2).meanCost(costs);
            covariance.add((squares - distance) / 2);
          }
          double expected = (Math.sqrt(4 + sigma2 * sigma2) - sigma2) / 2;
          return Math.abs(covariance.mean(0) - expected) / covariance.meanError(0);
        });
  }
}
