package dev.advect.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ToyTest {
  private static final int MANY = 200_000;

  /** The first two points of seed 7, from a second implementation (Python, from the formulas). */
  private static final Map<String, float[]> GOLDEN =
      Map.of(
          "moons", new float[] {5.328907f, -0.06645109f, 1.7536458f, -1.7806717f},
          "8gaussians", new float[] {4.476517f, -4.2092366f, -4.423211f, -0.011826348f},
          "checkerboard", new float[] {3.6012897f, -0.24062634f, 0.8751545f, -3.181641f},
          "circles", new float[] {1.5690283f, -0.83290064f, -0.6095157f, 1.293343f},
          "spirals", new float[] {-3.0404527f, -0.5952007f, -0.99907225f, 2.0522997f},
          "swissroll", new float[] {1.5719388f, 2.1978357f, -0.8696023f, -1.7980511f},
          "pinwheel", new float[] {3.009085f, 0.16379093f, -0.043015905f, 2.6150646f},
          "gaussian", new float[] {2.7819924f, -0.545197f, -0.1539163f, -0.70104504f});

  static List<Toy> all() {
    return Toy.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void firstPointsAreThoseOfASecondImplementation(Toy toy) {
    float[] expected = GOLDEN.get(toy.name());
    float[] drawn = toy.draw(7, 2).values();
    for (int i = 0; i < expected.length; i++) {
      assertThat(drawn[i]).isCloseTo(expected[i], within(2 * Math.ulp(expected[i])));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void rowsDependOnSeedAndIndexOnly(Toy toy) {
    float[] hundred = toy.draw(3, 100).values();
    assertThat(toy.draw(3, 7).values()).containsExactly(Arrays.copyOf(hundred, 14));
    assertThat(toy.rows(3, 40, 10).values()).containsExactly(Arrays.copyOfRange(hundred, 80, 100));
    assertThat(toy.draw(4, 100).values()).isNotEqualTo(hundred);
    assertThat(toy.draw(3, 0).rows()).isZero();
    assertThat(toy.rows(3, 1L << 40, 1).values()).isNotEqualTo(toy.draw(3, 1).values());
  }

  @ParameterizedTest
  @MethodSource("all")
  void classesAreAboutEquallyFrequentAndDoNotChangeThePoints(Toy toy) {
    Table table = toy.draw(3, 8000);
    if (toy.classes() == 0) {
      assertThat(table.labels()).isEmpty();
      return;
    }
    int[] counts = new int[toy.classes()];
    for (int label : table.labels().orElseThrow()) {
      counts[label]++;
    }
    // Of 8000 fair draws among k, each class has 8000/k with a deviation below 45.
    for (int count : counts) {
      assertThat(count).isCloseTo(8000 / toy.classes(), within(200));
    }
  }

  @Test
  void classesAreTheNaturalOnes() {
    Table modes = Toy.eightGaussians().draw(1, 500);
    Table board = Toy.checkerboard().draw(1, 500);
    Table circles = Toy.circles().draw(1, 500);
    Table moons = Toy.moons().draw(1, 500);
    for (int i = 0; i < 500; i++) {
      double angle = Math.atan2(modes.at(i, 1), modes.at(i, 0)) / (Math.PI / 4);
      // The Gaussians are 3.4 deviations wide between the lines half way to their neighbours.
      double turned = angle - modes.labels().orElseThrow()[i];
      assertThat(Math.abs(turned - 8 * Math.rint(turned / 8))).isLessThan(0.75);
      int square = board.labels().orElseThrow()[i];
      assertThat(Math.floor(board.at(i, 0) / 2) + 2).isEqualTo(square / 2);
      assertThat(board.at(i, 1) < 0).isEqualTo(square % 2 == 1);
      double radius = Math.hypot(circles.at(i, 0), circles.at(i, 1));
      assertThat(radius > 2.25).isEqualTo(circles.labels().orElseThrow()[i] == 0);
      // The lower moon reaches up to 3 (0.5 + 0.2) - 1, the upper one down to -1.
      if (moons.at(i, 1) > 1.11) {
        assertThat(moons.labels().orElseThrow()[i]).isZero();
      } else if (moons.at(i, 1) < -1) {
        assertThat(moons.labels().orElseThrow()[i]).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void describesItselfInOneLine(Toy toy) {
    assertThat(toy.description()).isNotBlank().doesNotContain("\n");
    assertThat(toy.columns()).isEqualTo(2);
    assertThat(toy).hasToString("Toy[" + toy.name() + "]");
  }

  @Test
  void momentsAreThoseOfTheFormulas() {
    // Uniform angle on (0, pi): E cos = 0, E sin = 2 / pi; outer and inner circle are equally
    // likely.
    assertMoments(Toy.moons(), 3 * (0.5 + 0.1) - 1, 3 * (0.25 + 0.1) - 1);
    assertVariances(Toy.moons(), 9 * (0.5 + 0.25 + 0.04 / 12), moonsVariance());
    assertMoments(Toy.eightGaussians(), 0, 0);
    assertVariances(Toy.eightGaussians(), 12.5 + Math.sqrt(0.1), 12.5 + Math.sqrt(0.1));
    assertMoments(Toy.checkerboard(), 0, 0);
    assertVariances(Toy.checkerboard(), 64 / 12.0, 64 / 12.0);
    assertMoments(Toy.circles(), 0, 0);
    double circle = (9 + 2.25) / 4 + 0.0576;
    assertVariances(Toy.circles(), circle, circle);
    assertMoments(Toy.spirals(), 0, 0);
    assertMoments(Toy.pinwheel(), 0, 0);
    double blade = 4 * (1 + 0.09 + 0.01) / 2;
    assertVariances(Toy.pinwheel(), blade, blade);
    assertMoments(Toy.gaussian(), 1, -0.5);
    assertVariances(Toy.gaussian(), 1, 0.8);
  }

  @Test
  void spiralsAndRollHaveTheRightRadii() {
    // r^2 = (3 pi)^2 u is uniform: E r^2 = 4.5 pi^2, offsets v / 2 have E = 1/4 and E^2 = 1/12.
    double offset = meanOver(100_000, u -> spiralOffset(3 * Math.PI * Math.sqrt(u))) / 2;
    double expected = (4.5 * Math.PI * Math.PI + offset + 2.0 / 12) / 9 + 0.02;
    assertThat(meanSquare(Toy.spirals())).isCloseTo(expected, within(0.03));
    double roll = meanOver(100_000, u -> Math.pow(1.5 * Math.PI * (1 + 2 * u), 2));
    assertThat(meanSquare(Toy.swissroll())).isCloseTo((roll + 2) / 25, within(0.04));
  }

  @Test
  void gaussianHasItsCovarianceAndDensity() {
    float[] x = Toy.gaussian().draw(1, MANY).values();
    double product = 0;
    for (int i = 0; i < MANY; i++) {
      product += (x[2 * i] - 1) * (x[2 * i + 1] + 0.5);
    }
    assertThat(product / MANY).isCloseTo(0.6, within(0.01));
    // At the mean: -log(2 pi sqrt(0.44)); at (2, 0.5): minus half of (0.8 - 1.2 + 1) / 0.44.
    ToDoubleFunction<double[]> density = Toy.gaussian().logDensity().orElseThrow();
    double peak = -Math.log(2 * Math.PI * Math.sqrt(0.44));
    assertThat(density.applyAsDouble(new double[] {1, -0.5})).isCloseTo(peak, within(1e-12));
    assertThat(density.applyAsDouble(new double[] {2, 0.5}))
        .isCloseTo(peak - 0.6 / 0.88, within(1e-12));
    assertThat(density.applyAsDouble(new double[] {0, -0.5}))
        .isCloseTo(peak - 0.8 / 0.88, within(1e-12));
  }

  @Test
  void densitiesIntegrateToOne() {
    for (Toy toy : Toy.all()) {
      toy.logDensity()
          .ifPresent(density -> assertThat(integral(density)).isCloseTo(1, within(2e-3)));
    }
  }

  @Test
  void entropiesAreTheKnownOnes() {
    Map<Toy, Double> entropies =
        Map.of(
            Toy.eightGaussians(),
            3.763,
            Toy.checkerboard(),
            Math.log(32),
            Toy.circles(),
            3.2681,
            Toy.gaussian(),
            1 + Math.log(2 * Math.PI) + Math.log(0.44) / 2);
    entropies.forEach(
        (toy, entropy) -> assertThat(crossEntropy(toy)).isCloseTo(entropy, within(0.01)));
    assertThat(Toy.all().stream().filter(toy -> toy.logDensity().isPresent()))
        .containsExactlyInAnyOrderElementsOf(entropies.keySet());
  }

  @Test
  void everyPointOfTheBoardLiesOnASquare() {
    ToDoubleFunction<double[]> density = Toy.checkerboard().logDensity().orElseThrow();
    float[] x = Toy.checkerboard().draw(2, MANY).values();
    for (int i = 0; i < x.length; i += 2) {
      assertThat(density.applyAsDouble(new double[] {x[i], x[i + 1]})).isFinite();
    }
    assertThat(density.applyAsDouble(new double[] {1, -1})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(density.applyAsDouble(new double[] {1, 1})).isEqualTo(-Math.log(32));
    assertThat(density.applyAsDouble(new double[] {5, 5})).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void besselFunctionMatchesItsSeriesAndItsAsymptotics() {
    assertThat(ToyDensity.scaledBessel(0)).isEqualTo(1);
    double series = 0;
    double term = 1;
    for (int k = 1; k < 60; k++) {
      series += term;
      term *= 25.0 / 4 / k / k;
    }
    assertThat(ToyDensity.scaledBessel(5)).isCloseTo(series * Math.exp(-5), within(1e-13));
    assertThat(ToyDensity.scaledBessel(9999.99) / ToyDensity.scaledBessel(10000.01))
        .isCloseTo(1 + 1e-6, within(1e-9));
  }

  private static double spiralOffset(double r) {
    return -r * Math.cos(r) + r * Math.sin(r);
  }

  private static double moonsVariance() {
    // y before scaling: sin a or 1/2 - sin a; variance of sin is 1/2 - 4/pi^2, means differ.
    double outer = 2 / Math.PI;
    double gap = outer - (0.5 - outer);
    return 9 * (0.5 - outer * outer + gap * gap / 4 + 0.04 / 12);
  }

  private static double meanOver(int steps, DoubleUnaryOperator f) {
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += f.applyAsDouble((i + 0.5) / steps);
    }
    return sum / steps;
  }

  private static double meanSquare(Toy toy) {
    double sum = 0;
    for (float value : toy.draw(5, MANY).values()) {
      sum += value * value;
    }
    return sum / MANY;
  }

  private static double mean(float[] x, int column) {
    double sum = 0;
    for (int i = column; i < x.length; i += 2) {
      sum += x[i];
    }
    return sum / MANY;
  }

  private static void assertMoments(Toy toy, double first, double second) {
    float[] x = toy.draw(1, MANY).values();
    assertThat(mean(x, 0)).as(toy.name()).isCloseTo(first, within(0.03));
    assertThat(mean(x, 1)).as(toy.name()).isCloseTo(second, within(0.03));
  }

  private static void assertVariances(Toy toy, double first, double second) {
    float[] x = toy.draw(1, MANY).values();
    double[] means = {mean(x, 0), mean(x, 1)};
    double[] variances = new double[2];
    for (int i = 0; i < x.length; i++) {
      double deviation = x[i] - means[i % 2];
      variances[i % 2] += deviation * deviation / MANY;
    }
    assertThat(variances[0]).as(toy.name()).isCloseTo(first, within(0.02 * first));
    assertThat(variances[1]).as(toy.name()).isCloseTo(second, within(0.02 * second));
  }

  private static double crossEntropy(Toy toy) {
    ToDoubleFunction<double[]> density = toy.logDensity().orElseThrow();
    float[] x = toy.draw(1, MANY).values();
    double sum = 0;
    for (int i = 0; i < x.length; i += 2) {
      sum -= density.applyAsDouble(new double[] {x[i], x[i + 1]});
    }
    return sum / MANY;
  }

  /** The midpoint rule on [-8, 8]^2. */
  private static double integral(ToDoubleFunction<double[]> logDensity) {
    int steps = 320;
    double h = 16.0 / steps;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      for (int j = 0; j < steps; j++) {
        double[] x = {-8 + (i + 0.5) * h, -8 + (j + 0.5) * h};
        sum += Math.exp(logDensity.applyAsDouble(x)) * h * h;
      }
    }
    return sum;
  }
}
