package dev.advect.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.testing.Numbers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistancesTest {
  private static final int N = 300;
  private static final int DIM = 3;
  private static final float[] X = Numbers.normalFloats(1, N * DIM);
  private static final float[] Y = Numbers.normalFloats(2, N * DIM);

  /** The points moved by (1, -2, 2), whose length is 3, in another order. */
  private static float[] moved(float[] x) {
    float[] by = {1, -2, 2};
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int row = i / DIM;
      int turned = (row + 7) % (x.length / DIM);
      out[turned * DIM + i % DIM] = x[i] + by[i % DIM];
    }
    return out;
  }

  @Test
  void aTranslationIsAsFarAsItIsLong() {
    assertThat(Wasserstein.distance(X, X, DIM)).isZero();
    assertThat(Wasserstein.distance(X, moved(X), DIM)).isCloseTo(3, within(1e-6));
    // Along a direction a it is (a.c)^2, on average |c|^2 / d; 2000 directions know it to 2 %.
    assertThat(SlicedWasserstein.distance(X, moved(X), DIM, 2000, 0))
        .isCloseTo(Math.sqrt(3), within(0.08));
  }

  @Test
  void onALineSlicesAreTheWhole() {
    float[] x = Arrays.copyOf(X, N);
    float[] y = Arrays.copyOf(Y, N);
    assertThat(SlicedWasserstein.distance(x, y, 1, 1, 5))
        .isCloseTo(Wasserstein.distance(x, y, 1), within(1e-6)); // costs are floats
  }

  @Test
  void slicesAreAtMostTheWholeAndDependOnTheSeedAlone() {
    double whole = Wasserstein.distance(X, Y, DIM);
    double sliced = SlicedWasserstein.distance(X, Y, DIM, 50, 3);
    assertThat(sliced).isLessThan(whole).isPositive();
    assertThat(SlicedWasserstein.distance(X, Y, DIM, 50, 3)).isEqualTo(sliced);
    assertThat(SlicedWasserstein.distance(X, Y, DIM, 50, 4)).isNotEqualTo(sliced);
    assertThat(SlicedWasserstein.distance(X, Y, DIM, 1000, 3)).isCloseTo(sliced, within(0.03));
  }

  @Test
  void theDiscrepancyIsItsDefinition() {
    int n = 5;
    float[] x = Arrays.copyOf(X, n * DIM);
    float[] y = Arrays.copyOf(Y, n * DIM);
    double m = Math.sqrt(MaximumMeanDiscrepancy.medianSquaredDistance(y, DIM));
    double expected = 0;
    for (double h : new double[] {m, m / 2, m / 4}) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          expected -= 2 * gauss(x, i, y, j, h) / n / n / 3;
          if (i != j) {
            expected += (gauss(x, i, x, j, h) + gauss(y, i, y, j, h)) / n / (n - 1) / 3;
          }
        }
      }
    }
    assertThat(MaximumMeanDiscrepancy.squared(x, y, DIM)).isCloseTo(expected, within(1e-12));
  }

  private static double gauss(float[] x, int i, float[] y, int j, double h) {
    double sum = 0;
    for (int k = 0; k < DIM; k++) {
      sum += Math.pow(x[i * DIM + k] - (double) y[j * DIM + k], 2);
    }
    return Math.exp(-sum / (2 * h * h));
  }

  @Test
  void theDiscrepancyIsAroundZeroForOneLawAndNotForTwo() {
    // Its standard deviation for one law falls as 1/n; measured 4e-4 here.
    assertThat(MaximumMeanDiscrepancy.squared(X, Y, DIM)).isCloseTo(0, within(4e-3));
    float[] wider = new float[X.length];
    for (int i = 0; i < X.length; i++) {
      wider[i] = 1.5f * X[i];
    }
    assertThat(MaximumMeanDiscrepancy.squared(wider, Y, DIM)).isGreaterThan(0.01);
    float[] one = new float[6];
    assertThat(MaximumMeanDiscrepancy.squared(one, one, DIM)).isZero();
  }

  @Test
  void anEstimateKnowsItsError() {
    Estimate estimate = Estimate.of(1, 2, 3, 4);
    assertThat(estimate.mean()).isEqualTo(2.5);
    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-15));
    assertThat(Estimate.of(7).standardError()).isNaN();
  }

  @Test
  void refusesWhatIsNoPairOfSets() {
    float[] wild = X.clone();
    wild[4] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> Wasserstein.distance(wild, Y, DIM))
        .isInstanceOf(AdvectException.class)
        .hasMessage("source point 1 has the coordinate 1 = -Infinity");
    assertThatThrownBy(() -> SlicedWasserstein.distance(X, new float[3], DIM, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MaximumMeanDiscrepancy.squared(new float[3], new float[3], DIM))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
