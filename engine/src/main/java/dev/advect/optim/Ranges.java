package dev.advect.optim;

/** Checks of hyper-parameters. */
final class Ranges {
  private Ranges() {}

  static void beta(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be from 0 to below 1, not " + value);
    }
  }

  static void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and not negative, not " + value);
    }
  }
}
