package dev.advect.data;

import static dev.advect.data.ToyPoints.BOARD_SCALE;
import static dev.advect.data.ToyPoints.CIRCLE_NOISE;
import static dev.advect.data.ToyPoints.CIRCLE_RADII;
import static dev.advect.data.ToyPoints.COVARIANCE;
import static dev.advect.data.ToyPoints.EIGHT_RADIUS;
import static dev.advect.data.ToyPoints.EIGHT_VARIANCE;
import static dev.advect.data.ToyPoints.MEAN;
import static dev.advect.data.ToyPoints.VARIANCE;

/** The log-densities, in nats, of those toys that have one in closed form. */
final class ToyDensity {
  private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
  private static final double LARGE_ARGUMENT = 1e4;

  private ToyDensity() {}

  /** Log of the mean of eight normal densities. */
  static double eightGaussians(double[] x) {
    double[] logs = new double[8];
    for (int k = 0; k < 8; k++) {
      double dx = x[0] - EIGHT_RADIUS * Math.cos(Math.PI / 4 * k);
      double dy = x[1] - EIGHT_RADIUS * Math.sin(Math.PI / 4 * k);
      logs[k] = -(dx * dx + dy * dy) / (2 * EIGHT_VARIANCE);
    }
    return logMeanExp(logs) - LOG_TWO_PI - Math.log(EIGHT_VARIANCE);
  }

  /** One over the area of eight squares of side 2 inside them, zero outside. */
  static double checkerboard(double[] x) {
    double row = Math.floor(x[0] / BOARD_SCALE);
    double column = Math.floor(x[1] / BOARD_SCALE);
    boolean onBoard = row >= -2 && row < 2 && column >= -2 && column < 2;
    boolean even = (row + column) % 2 == 0;
    return onBoard && even ? -Math.log(8 * BOARD_SCALE * BOARD_SCALE) : Double.NEGATIVE_INFINITY;
  }

  /**
   * A uniform angle integrated out of an isotropic normal around the circle: with distance r from
   * the centre and radius R, the density is exp(-(r - R)^2 / 2s^2) I0e(rR / s^2) / (2 pi s^2),
   * where I0e is the Bessel function I0 times e^-z.
   */
  static double circles(double[] x) {
    double variance = CIRCLE_NOISE * CIRCLE_NOISE;
    double distance = Math.hypot(x[0], x[1]);
    double[] logs = new double[CIRCLE_RADII.length];
    for (int k = 0; k < logs.length; k++) {
      double gap = distance - CIRCLE_RADII[k];
      logs[k] =
          -gap * gap / (2 * variance)
              + Math.log(scaledBessel(distance * CIRCLE_RADII[k] / variance));
    }
    return logMeanExp(logs) - LOG_TWO_PI - Math.log(variance);
  }

  static double gaussian(double[] x) {
    double determinant = VARIANCE[0] * VARIANCE[1] - COVARIANCE * COVARIANCE;
    double dx = x[0] - MEAN[0];
    double dy = x[1] - MEAN[1];
    double square =
        (VARIANCE[1] * dx * dx - 2 * COVARIANCE * dx * dy + VARIANCE[0] * dy * dy) / determinant;
    return -square / 2 - LOG_TWO_PI - Math.log(determinant) / 2;
  }

  /**
   * e^-z I0(z), the mean of exp(z (cos a - 1)) over the circle. The trapezoid rule converges
   * geometrically on a periodic function: with 8 sqrt(z) + 16 points its error is below e^-32. For
   * large z the asymptotic series is as good (Abramowitz and Stegun 9.7.1).
   */
  static double scaledBessel(double z) {
    if (z > LARGE_ARGUMENT) {
      return (1 + 1 / (8 * z) + 9 / (128 * z * z)) / Math.sqrt(2 * Math.PI * z);
    }
    int points = (int) (8 * Math.sqrt(z)) + 16;
    double sum = 0;
    for (int i = 0; i < points; i++) {
      sum += Math.exp(z * (Math.cos(2 * Math.PI * i / points) - 1));
    }
    return sum / points;
  }

  private static double logMeanExp(double[] logs) {
    double max = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      max = Math.max(max, log);
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - max);
    }
    return max + Math.log(sum / logs.length);
  }
}
