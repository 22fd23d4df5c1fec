package dev.advect.cli.config;

/** The ranges that configuration values must lie in. */
final class Check {
  private Check() {}

  static void atLeast(String key, long value, long least) {
    if (value < least) {
      throw new InvalidValue(
          key, "must be a whole number of at least %d, not %d".formatted(least, value));
    }
  }

  static void atMost(String key, long value, long most) {
    if (value > most) {
      throw new InvalidValue(
          key, "must be a whole number of at most %d, not %d".formatted(most, value));
    }
  }

  static void positive(String key, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new InvalidValue(key, "must be a number above 0, not " + text(value));
    }
  }

  static void notNegative(String key, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new InvalidValue(key, "must be a number of at least 0, not " + text(value));
    }
  }

  static void finite(String key, double value) {
    if (!Double.isFinite(value)) {
      throw new InvalidValue(key, "must be a finite number, not " + text(value));
    }
  }

  static void above(String key, double value, double least) {
    if (!(value > least && Double.isFinite(value))) {
      throw new InvalidValue(
          key, "must be a number above %s, not %s".formatted(text(least), text(value)));
    }
  }

  /** From 0 to below 1. */
  static void fraction(String key, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new InvalidValue(key, "must be a number of at least 0 and below 1, not " + text(value));
    }
  }

  /** The number as a person writes it: 2 rather than 2.0. */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
