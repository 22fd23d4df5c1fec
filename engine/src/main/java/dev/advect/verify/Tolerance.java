package dev.advect.verify;

import java.util.Locale;

/** What a measured figure may be. */
public sealed interface Tolerance {
  /**
   * An error: from 0 to a bound.
   *
   * @param bound the largest error allowed
   */
  record AtMost(double bound) implements Tolerance {}

  /**
   * A figure with a known value, such as an order of convergence.
   *
   * @param value what it should be
   * @param margin how far it may be off
   */
  record Near(double value, double margin) implements Tolerance {}

  /** Whether a figure is allowed; NaN never is. */
  default boolean allows(double measured) {
    return switch (this) {
      case AtMost(double bound) -> measured <= bound;
      case Near(double value, double margin) -> Math.abs(measured - value) <= margin;
    };
  }

  /** As it stands in a table: {@code <= 1e-06} or {@code 2 +- 0.15}. */
  default String text() {
    return switch (this) {
      case AtMost(double bound) -> "<= " + number(bound);
      case Near(double value, double margin) -> number(value) + " +- " + number(margin);
    };
  }

  /** A number in at most four digits. */
  static String number(double x) {
    if (x != 0 && Math.abs(x) < 1e-3) {
      return String.format(Locale.ROOT, "%.1e", x);
    }
    String digits = String.format(Locale.ROOT, "%.4f", x);
    return digits.replaceAll("\\.?0+$", "");
  }
}
