package dev.advect.data;

import static java.lang.StrictMath.cos;
import static java.lang.StrictMath.exp;
import static java.lang.StrictMath.sin;

/**
 * The formulas of {@link Toy}: each draws one point into {@code x} and answers its class, 0 where
 * there are no classes.
 *
 * <p>The parameters that a density shares with its sampler are constants here.
 */
final class ToyPoints {
  /** Radius of the circle of eight Gaussians. */
  static final double EIGHT_RADIUS = 5;

  /** Variance of each of the eight in each coordinate: torchcfm passes sqrt(0.1) as covariance. */
  static final double EIGHT_VARIANCE = Math.sqrt(0.1);

  /** Factor from the board's unit squares to its coordinates. */
  static final double BOARD_SCALE = 2;

  /** Radii of the two circles. */
  static final double[] CIRCLE_RADII = {3, 1.5};

  /** Noise of the circles in each coordinate, 3 times 0.08. */
  static final double CIRCLE_NOISE = 0.24;

  /** Mean of the single Gaussian. */
  static final double[] MEAN = {1, -0.5};

  /** Covariance of the single Gaussian: its diagonal and the element off it. */
  static final double[] VARIANCE = {1, 0.8};

  static final double COVARIANCE = 0.6;

  private ToyPoints() {}

  static int moons(RowRandom random, double[] x) {
    int moon = random.below(2);
    boolean outer = moon == 0;
    double angle = Math.PI * random.uniform();
    double noise = 0.2 * random.uniform();
    x[0] = 3 * ((outer ? cos(angle) : 1 - cos(angle)) + noise) - 1;
    x[1] = 3 * ((outer ? sin(angle) : 0.5 - sin(angle)) + noise) - 1;
    return moon;
  }

  static int eightGaussians(RowRandom random, double[] x) {
    int mode = random.below(8);
    double angle = Math.PI / 4 * mode;
    double deviation = Math.sqrt(EIGHT_VARIANCE);
    x[0] = EIGHT_RADIUS * cos(angle) + deviation * random.normal();
    x[1] = EIGHT_RADIUS * sin(angle) + deviation * random.normal();
    return mode;
  }

  /**
   * Coarse draws are exact in 32 bits, so that no point is rounded across an edge. The class counts
   * the squares by columns from the left, in a column from the top.
   */
  static int checkerboard(RowRandom random, double[] x) {
    double first = 4 * random.coarseUniform() - 2;
    int column = (int) Math.floor(first);
    double parity = Math.floorMod(column, 2);
    double height = random.coarseUniform();
    int lower = random.below(2);
    double second = height - 2 * lower + parity;
    x[0] = BOARD_SCALE * first;
    x[1] = BOARD_SCALE * second;
    return 2 * (column + 2) + lower;
  }

  static int circles(RowRandom random, double[] x) {
    int circle = random.below(CIRCLE_RADII.length);
    double radius = CIRCLE_RADII[circle];
    double angle = 2 * Math.PI * random.uniform();
    x[0] = radius * cos(angle) + CIRCLE_NOISE * random.normal();
    x[1] = radius * sin(angle) + CIRCLE_NOISE * random.normal();
    return circle;
  }

  static int spirals(RowRandom random, double[] x) {
    double radius = 3 * Math.PI * Math.sqrt(random.uniform());
    int arm = random.below(2);
    double sign = arm == 0 ? 1 : -1;
    double first = -radius * cos(radius) + random.uniform() / 2;
    double second = radius * sin(radius) + random.uniform() / 2;
    x[0] = sign * first / 3 + 0.1 * random.normal();
    x[1] = sign * second / 3 + 0.1 * random.normal();
    return arm;
  }

  static int swissroll(RowRandom random, double[] x) {
    double angle = 1.5 * Math.PI * (1 + 2 * random.uniform());
    x[0] = (angle * cos(angle) + random.normal()) / 5;
    x[1] = (angle * sin(angle) + random.normal()) / 5;
    return 0;
  }

  static int pinwheel(RowRandom random, double[] x) {
    int blade = random.below(5);
    double along = 1 + 0.3 * random.normal();
    double across = 0.1 * random.normal();
    double angle = 2 * Math.PI * blade / 5 + 0.25 * exp(along);
    x[0] = 2 * (along * cos(angle) + across * sin(angle));
    x[1] = 2 * (across * cos(angle) - along * sin(angle));
    return blade;
  }

  /** By the Cholesky factor of the covariance. */
  static int gaussian(RowRandom random, double[] x) {
    double first = random.normal();
    double second = random.normal();
    double slope = COVARIANCE / VARIANCE[0];
    x[0] = MEAN[0] + Math.sqrt(VARIANCE[0]) * first;
    x[1] =
        MEAN[1]
            + slope * Math.sqrt(VARIANCE[0]) * first
            + Math.sqrt(VARIANCE[1] - slope * COVARIANCE) * second;
    return 0;
  }
}
