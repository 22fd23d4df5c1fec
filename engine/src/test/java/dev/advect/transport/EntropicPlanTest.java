package dev.advect.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.testing.Numbers;
import dev.advect.transport.EntropicPlan.Outcome;
import org.junit.jupiter.api.Test;

class EntropicPlanTest {
  private static final int N = 40;
  private static final Costs COSTS =
      SquaredDistances.between(Numbers.normalFloats(1, 2 * N), Numbers.normalFloats(2, 2 * N), 2);

  private static EntropicPlan plan(Costs costs, double epsilon) {
    return ((Outcome.Converged) EntropicPlan.solve(costs, epsilon)).plan();
  }

  /** Sinkhorn's iteration as it is meant: each marginal in turn, in the log domain. */
  private static double[][] sinkhorn(Costs costs, double epsilon, int iterations) {
    int n = costs.size();
    double[] f = new double[n];
    double[] g = new double[n];
    for (int k = 0; k < iterations; k++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += Math.exp((f[i] - costs.row(i, new float[n])[j]) / epsilon);
        }
        g[j] = -epsilon * Math.log(sum);
      }
      for (int i = 0; i < n; i++) {
        float[] c = costs.row(i, new float[n]);
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += Math.exp((g[j] - c[j]) / epsilon);
        }
        f[i] = -epsilon * Math.log(sum);
      }
    }
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      float[] c = costs.row(i, new float[n]);
      for (int j = 0; j < n; j++) {
        q[i][j] = Math.exp((f[i] + g[j] - c[j]) / epsilon);
      }
    }
    return q;
  }

  @Test
  void isWhatSinkhornsIterationConvergesTo() {
    for (double epsilon : new double[] {5, 0.5}) {
      double[][] expected = sinkhorn(COSTS, epsilon, 3000);
      double[][] found = plan(COSTS, epsilon).conditional();
      for (int i = 0; i < N; i++) {
        // Marginals right to 1e-9 / N leave the plan right to about as much over its conditioning.
        assertThat(found[i]).containsExactly(expected[i], within(1e-6));
      }
    }
  }

  @Test
  void marginalsAreUniform() {
    for (double epsilon : new double[] {100, 1, 0.05, 0.003}) {
      double[][] q = plan(COSTS, epsilon).conditional();
      for (int i = 0; i < N; i++) {
        double row = 0;
        double column = 0;
        for (int j = 0; j < N; j++) {
          row += q[i][j] / N;
          column += q[j][i] / N;
        }
        assertThat(row).isCloseTo(1.0 / N, within(1e-14));
        assertThat(column).isCloseTo(1.0 / N, within(EntropicPlan.TOLERANCE));
      }
    }
  }

  @Test
  void tendsToTheExactPlanAndToIndependence() {
    double exact = Assignment.optimal(COSTS).cost() / N;
    double previous = Double.POSITIVE_INFINITY;
    for (double epsilon : new double[] {1, 0.1, 0.01, 0.001}) {
      double cost = plan(COSTS, epsilon).meanCost(COSTS);
      // The entropy of a plan is at most ln N: the excess is at most epsilon ln N.
      assertThat(cost).isBetween(exact - 1e-6, exact + epsilon * Math.log(N)).isLessThan(previous);
      previous = cost;
    }
    for (double[] row : plan(COSTS, 1e6).conditional()) {
      for (double p : row) {
        assertThat(p).isCloseTo(1.0 / N, within(1e-5));
      }
    }
  }

  @Test
  void duplicatesShareTheirMass() {
    Costs costs =
        SquaredDistances.between(new float[] {0, 0, 0, 3, 3}, new float[] {0, 0, 3, 3, 3}, 1);
    double[][] q = plan(costs, 0.1).conditional();
    for (int i = 0; i < 3; i++) {
      assertThat(q[i][0]).isCloseTo(1.0 / 3, within(1e-6));
      assertThat(q[i][4]).isCloseTo(1.0 / 9, within(1e-6));
    }
    assertThat(q[3][4]).isCloseTo(1.0 / 3, within(1e-6));
  }

  @Test
  void anEpsilonThatIsTooSmallIsAnOutcomeWithAdvice() {
    var outcome = EntropicPlan.solve(COSTS, 1e-18);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Unconverged.class,
            u -> {
              assertThat(u.message()).contains("epsilon 1.0E-18").contains("marginals");
              assertThat(u.advice()).contains("larger epsilon");
            });
    assertThatThrownBy(() -> EntropicPlan.solve(COSTS, 0)).hasMessageContaining("not 0.0");
  }

  @Test
  void aRowIsDrawnByItsProbabilities() {
    var plan = new EntropicPlan(1, new double[][] {{0, 0.25, 0, 0.75}}, 0, 0);
    assertThat(plan.column(0, 0)).isEqualTo(1);
    assertThat(plan.column(0, 0.25)).isEqualTo(1);
    assertThat(plan.column(0, 0.26)).isEqualTo(3);
    assertThat(plan.column(0, 1)).isEqualTo(3);
  }
}
