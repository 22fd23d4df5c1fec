package dev.advect.cli.config;

import java.util.Optional;
import java.util.Set;

/**
 * How the times of training are drawn. Each kind has some of the numbers; the others are absent.
 *
 * @param kind the law
 * @param mean {@code logit-normal}: of the logit of t
 * @param std {@code logit-normal}: of the logit of t
 * @param exponent {@code power}: a in the density (1 + a) t^a
 */
public record TimeConfig(
    Kind kind, Optional<Double> mean, Optional<Double> std, Optional<Double> exponent) {
  /** A law. */
  public enum Kind {
    /** Every time alike. */
    UNIFORM,
    /** Every time alike, and every batch spread evenly over them. */
    STRATIFIED,
    /** Most times in the middle. */
    LOGIT_NORMAL,
    /** The density (1 + a) t^a. */
    POWER
  }

  /** Checks the ranges. */
  public TimeConfig {
    mean.ifPresent(value -> Check.finite("mean", value));
    std.ifPresent(value -> Check.positive("std", value));
    exponent.ifPresent(value -> Check.above("exponent", value, -1));
  }

  static TimeConfig read(Section section) {
    Kind kind = section.choice("kind", Kind.UNIFORM, Set.of());
    Optional<Double> none = Optional.empty();
    return switch (kind) {
      case UNIFORM, STRATIFIED -> section.build(() -> new TimeConfig(kind, none, none, none));
      case LOGIT_NORMAL -> {
        double mean = section.number("mean", 0);
        double std = section.number("std", 1);
        yield section.build(() -> new TimeConfig(kind, Optional.of(mean), Optional.of(std), none));
      }
      case POWER -> {
        double exponent = section.number("exponent", 1);
        yield section.build(() -> new TimeConfig(kind, none, none, Optional.of(exponent)));
      }
    };
  }
}
