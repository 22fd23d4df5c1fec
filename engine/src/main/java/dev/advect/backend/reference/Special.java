package dev.advect.backend.reference;

/** Functions of one double that the JDK lacks. */
public final class Special {
  private Special() {}

  /**
   * The error function, to about 1e-15: its Taylor series below 2.5, the continued fraction of its
   * complement above (Abramowitz and Stegun 7.1.5 and 7.1.14).
   */
  public static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (a > 6) {
      return Math.signum(x);
    }
    return Math.signum(x) * (a < 2.5 ? series(a) : 1 - fraction(a));
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private static double fraction(double x) {
    double tail = x;
    for (int n = 120; n >= 1; n--) {
      tail = x + n / 2.0 / tail;
    }
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
  }
}
