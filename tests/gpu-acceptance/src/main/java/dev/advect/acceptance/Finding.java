package dev.advect.acceptance;

import java.util.Objects;

/**
 * One line of the report.
 *
 * @param section what it belongs to, such as {@code bandwidth}
 * @param name what was measured or checked
 * @param value the figure
 * @param unit its unit
 * @param share the figure as a part of {@code of}, or not a number if it stands alone
 * @param of what it is compared with, or ""
 * @param verdict whether it was a check, and how it went
 */
record Finding(
    String section,
    String name,
    double value,
    String unit,
    double share,
    String of,
    Verdict verdict) {

  /** How a line is to be read. */
  enum Verdict {
    /** A speed, which is neither right nor wrong. */
    MEASURED,
    PASSED,
    FAILED
  }

  Finding {
    Objects.requireNonNull(section, "section");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(verdict, "verdict");
  }

  static Finding measured(String section, String name, double value, String unit) {
    return new Finding(section, name, value, unit, Double.NaN, "", Verdict.MEASURED);
  }

  /** A figure beside another of the same unit. */
  static Finding compared(
      String section, String name, double value, String unit, double with, String of) {
    return new Finding(section, name, value, unit, value / with, of, Verdict.MEASURED);
  }

  static Finding checked(String section, String name, double value, String unit, boolean passed) {
    Verdict verdict = passed ? Verdict.PASSED : Verdict.FAILED;
    return new Finding(section, name, value, unit, Double.NaN, "", verdict);
  }
}
