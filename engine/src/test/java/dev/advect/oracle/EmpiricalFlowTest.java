package dev.advect.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.testing.Numbers;
import org.junit.jupiter.api.Test;

class EmpiricalFlowTest {
  @Test
  void oneRowPullsStraightToItself() {
    // x1 is known, so the mean of x0 given x_t = x is (1-t) (x - t x1) / ((1-t)^2 + sigma^2).
    double[] v = new EmpiricalFlow(new float[] {3, -1}, 2, 0.5).velocity(new double[] {1, 1}, 0.5);
    assertThat(v[0]).isCloseTo(3 - 0.5 / 0.5 * (1 - 1.5), within(1e-12));
    assertThat(v[1]).isCloseTo(-1 - 0.5 / 0.5 * (1 + 0.5), within(1e-12));
  }

  @Test
  void manyRowsOfAGaussianAreAlmostIt() {
    // From N(0, 1) to N(0, 1): x_t has variance S, and E[x1 - x0 | x] = (t - (1-t)) / S x.
    var flow = new EmpiricalFlow(Numbers.normalFloats(1, 200_000), 1, 0.1);
    for (double t : new double[] {0.1, 0.5, 0.9}) {
      double variance = t * t + (1 - t) * (1 - t) + 0.01;
      for (double x : new double[] {-1, 0.3, 1.5}) {
        double expected = (2 * t - 1) / variance * x;
        // The standard error of a mean over 200000 rows, weighted by a kernel of width 0.14 or
        // more.
        assertThat(flow.velocity(new double[] {x}, t)[0]).isCloseTo(expected, within(0.02));
      }
    }
  }

  @Test
  void farPointsAreNoProblem() {
    double[] v = new EmpiricalFlow(new float[] {0, 1}, 1, 0.01).velocity(new double[] {1e4}, 1);
    assertThat(v[0]).isCloseTo(1, within(1e-9));
    assertThatThrownBy(() -> new EmpiricalFlow(new float[3], 2, 0.1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
