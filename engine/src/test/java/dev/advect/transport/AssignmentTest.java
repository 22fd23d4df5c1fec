package dev.advect.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.testing.Numbers;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AssignmentTest {
  /** Costs of a matrix. */
  private record Matrix(float[][] rows) implements Costs {
    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public float[] row(int row, float[] scratch) {
      return rows[row];
    }
  }

  private static double leastCost(float[][] c, int row, int taken) {
    if (row == c.length) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (int j = 0; j < c.length; j++) {
      if ((taken >> j & 1) == 0) {
        least = Math.min(least, c[row][j] + leastCost(c, row + 1, taken | 1 << j));
      }
    }
    return least;
  }

  /** The potentials prove that nothing costs less than {@code cost - slack * n}. */
  private static void assertOptimal(Costs costs, Assignment found, double slack) {
    int n = costs.size();
    assertThat(Arrays.stream(found.columns()).sorted().toArray())
        .isEqualTo(IntStream.range(0, n).toArray());
    float[] scratch = new float[n];
    double cost = 0;
    for (int i = 0; i < n; i++) {
      float[] c = costs.row(i, scratch);
      int own = found.columns()[i];
      cost += c[own];
      assertThat(found.u()[i] + found.v()[own]).isCloseTo(c[own], within(slack));
      for (int j = 0; j < n; j++) {
        if (found.u()[i] + found.v()[j] > c[j] + slack) {
          throw new AssertionError("row %d prefers column %d".formatted(i, j));
        }
      }
    }
    assertThat(found.cost()).isEqualTo(cost);
  }

  @Test
  void costsAsLittleAsTheBestOfAllPermutations() {
    var random = new Random(1);
    for (int trial = 0; trial < 300; trial++) {
      int n = 1 + trial % 7;
      int values = trial % 3 == 0 ? 3 : 1_000_000; // a third of the trials have many ties
      var c = new float[n][n];
      for (float[] row : c) {
        for (int j = 0; j < n; j++) {
          row[j] = random.nextInt(values);
        }
      }
      Assignment found = Assignment.optimal(new Matrix(c));
      assertThat(found.cost()).as("trial %d", trial).isEqualTo(leastCost(c, 0, 0));
    }
  }

  private enum Cloud {
    UNIFORM,
    CLUSTERED,
    /** Eight places, each taken many times, unequally often by the two sets. */
    DUPLICATES,
    ALL_EQUAL,
    /** One point a million away. */
    OUTLIER,
    /** The two sets are thousands of their widths apart. */
    FAR_APART,
    LINE;

    float[] points(int n, long seed, boolean target) {
      var random = new Random(seed);
      IntToDoubleFunction coordinate =
          switch (this) {
            case UNIFORM -> _ -> random.nextDouble();
            case CLUSTERED -> _ -> 5 * random.nextInt(3) + 0.1 * random.nextGaussian();
            case DUPLICATES -> _ -> random.nextInt(target ? 2 : 3);
            case ALL_EQUAL -> _ -> 0.3;
            case OUTLIER -> i -> i == 6 ? 1e6 : random.nextGaussian();
            case FAR_APART -> _ -> (target ? 5000 : 0) + random.nextGaussian();
            case LINE -> i -> i % 2 == 0 ? random.nextGaussian() : 0;
          };
      float[] points = new float[2 * n];
      for (int i = 0; i < points.length; i++) {
        points[i] = (float) coordinate.applyAsDouble(i);
      }
      return points;
    }
  }

  @ParameterizedTest
  @EnumSource
  void thePotentialsProveTheOptimum(Cloud cloud) {
    for (int n : new int[] {2, 3, 17, 301}) {
      Costs costs =
          SquaredDistances.between(cloud.points(n, n, false), cloud.points(n, -n, true), 2);
      float largest = 0;
      for (int i = 0; i < n; i++) {
        for (float c : costs.row(i, new float[n])) {
          largest = Math.max(largest, c);
        }
      }
      // Double arithmetic on n additions of numbers up to the largest cost.
      assertOptimal(costs, Assignment.optimal(costs), 1e-13 * largest);
    }
  }

  @Test
  void rowsThatAreNotKeptGiveTheSame() {
    // 2100^2 costs are more than are kept in two dimensions.
    int n = 2100;
    float[] x = Cloud.UNIFORM.points(n, 1, false);
    float[] y = Cloud.CLUSTERED.points(n, 2, true);
    Costs costs = SquaredDistances.between(x, y, 2);
    float[] scratch = new float[n];
    assertThat(costs.row(3, scratch)).isSameAs(scratch);
    assertOptimal(costs, Assignment.optimal(costs), 1e-11);
  }

  @Test
  void onALineTheOrderIsKept() {
    int n = 200;
    float[] x = Numbers.normalFloats(1, n);
    float[] y = Numbers.normalFloats(2, n);
    double cost = Assignment.optimal(SquaredDistances.between(x, y, 1)).cost();
    Arrays.sort(x);
    Arrays.sort(y);
    double sorted = 0;
    for (int i = 0; i < n; i++) {
      sorted += (x[i] - (double) y[i]) * (x[i] - (double) y[i]);
    }
    assertThat(cost).isCloseTo(sorted, within(1e-6 * sorted)); // costs are floats
  }

  @Test
  void distancesAreThoseOfEveryDimension() {
    var random = new Random(4);
    for (int dim = 1; dim <= 7; dim++) {
      float[] x = new float[3 * dim];
      float[] y = new float[3 * dim];
      for (int k = 0; k < x.length; k++) {
        x[k] = (float) (1000 + random.nextGaussian());
        y[k] = (float) (1000 + random.nextGaussian());
      }
      Costs costs = SquaredDistances.between(x, y, dim);
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          double sum = 0;
          for (int k = 0; k < dim; k++) {
            double d = x[i * dim + k] - (double) y[j * dim + k];
            sum += d * d;
          }
          assertThat((double) costs.row(i, new float[3])[j]).isCloseTo(sum, within(1e-6 * sum));
        }
      }
    }
  }

  @Test
  void pointsThatAreNotFiniteAreNamed() {
    float[] good = {1, 2, 3, 4};
    assertThatThrownBy(() -> SquaredDistances.between(good, new float[] {1, 2, 3, Float.NaN}, 2))
        .isInstanceOf(AdvectException.class)
        .hasMessage("target point 1 has the coordinate 1 = NaN");
    assertThatThrownBy(
            () -> SquaredDistances.between(new float[] {Float.POSITIVE_INFINITY, 0, 0, 0}, good, 2))
        .hasMessage("source point 0 has the coordinate 0 = Infinity");
    assertThatThrownBy(() -> SquaredDistances.between(new float[] {3e19f, 1}, new float[2], 2))
        .hasMessageContaining("too far apart");
    assertThatThrownBy(() -> SquaredDistances.between(good, new float[2], 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
