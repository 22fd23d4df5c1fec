package dev.advect.cli.config;

import dev.advect.AdvectException;
import dev.advect.path.Custom;
import java.util.Optional;
import java.util.Set;

/**
 * How a sample moves from noise to data. Each kind has some of the numbers; the others are absent.
 *
 * @param kind the family
 * @param sigma {@code icfm}, {@code cosine}: the noise around the way from x0 to x1; {@code ot}:
 *     the noise left at the end; {@code sb}: the rate of the bridges
 * @param betaMin {@code vp}: the noise rate at the data
 * @param betaMax {@code vp}: the noise rate at the noise
 * @param sigmaMin {@code ve}: the noise left at the end
 * @param sigmaMax {@code ve}: the noise at the beginning
 * @param mean {@code custom}: a formula of t, x1 and, perhaps, x0
 * @param std {@code custom}: a formula of t
 */
public record PathConfig(
    Kind kind,
    Optional<Double> sigma,
    Optional<Double> betaMin,
    Optional<Double> betaMax,
    Optional<Double> sigmaMin,
    Optional<Double> sigmaMax,
    Optional<String> mean,
    Optional<String> std) {
  /** A family of paths. */
  public enum Kind {
    /** {@code x_t = (1 - t) x0 + t x1 + sigma e}. */
    ICFM,
    /** {@code x_t = t x1 + (1 - (1 - sigma) t) e}. */
    OT,
    /** {@code x_t = cos(pi t/2) x0 + sin(pi t/2) x1 + sigma e}. */
    COSINE,
    /** The variance-preserving diffusion. */
    VP,
    /** The variance-exploding diffusion. */
    VE,
    /** Schroedinger bridges: {@code x_t = (1 - t) x0 + t x1 + sigma sqrt(t (1 - t)) e}. */
    SB,
    /** {@code x_t = mean + std e}, by formulas. */
    CUSTOM
  }

  private static final String CUSTOM = "custom";

  /** Checks the ranges, and reads the formulas. */
  public PathConfig {
    switch (kind) {
      case ICFM, COSINE -> Check.notNegative("sigma", sigma.orElseThrow());
      case OT -> Check.fraction("sigma", sigma.orElseThrow());
      case SB -> Check.positive("sigma", sigma.orElseThrow());
      case VP -> requireOrder("betaMin", betaMin.orElseThrow(), "betaMax", betaMax.orElseThrow());
      case VE ->
          requireOrder("sigmaMin", sigmaMin.orElseThrow(), "sigmaMax", sigmaMax.orElseThrow());
      case CUSTOM -> {
        formula("mean", () -> Custom.requireMean(mean.orElseThrow()));
        formula("std", () -> Custom.requireStd(mean.orElseThrow(), std.orElseThrow()));
      }
    }
  }

  /** A kind that has a sigma. */
  public PathConfig(Kind kind, double sigma) {
    this(
        kind,
        Optional.of(sigma),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether a sample's way begins at the source point it is coupled with. */
  public boolean usesSource() {
    return switch (kind) {
      case ICFM, COSINE, SB -> true;
      case OT, VP, VE -> false;
      case CUSTOM -> new Custom(mean.orElseThrow(), std.orElseThrow()).usesSource();
    };
  }

  /** A kind with the numbers it has unless it is told others. */
  public static PathConfig of(Kind kind) {
    return read(Section.of("path", kind));
  }

  private static void requireOrder(String lowKey, double low, String highKey, double high) {
    Check.positive(lowKey, low);
    Check.positive(highKey, high);
    if (low > high) {
      throw new InvalidValue(
          highKey,
          "must be at least %s, %s, not %s".formatted(lowKey, Check.text(low), Check.text(high)));
    }
  }

  private static void formula(String key, Runnable check) {
    try {
      check.run();
    } catch (AdvectException e) {
      throw new InvalidValue(key, e.getMessage(), e.hint());
    }
  }

  static PathConfig read(Section section) {
    if (section.has(CUSTOM)) {
      return custom(section);
    }
    Kind kind = section.choice("kind", Kind.ICFM, Set.of());
    return switch (kind) {
      case ICFM -> withSigma(section, kind, 0.1);
      case OT -> withSigma(section, kind, 0.01);
      case COSINE -> withSigma(section, kind, 0);
      case SB -> withSigma(section, kind, 1);
      case VP -> diffusion(section, kind, "betaMin", 0.1, "betaMax", 20);
      case VE -> diffusion(section, kind, "sigmaMin", 0.01, "sigmaMax", 5);
      case CUSTOM -> formulas(section);
    };
  }

  private static PathConfig withSigma(Section section, Kind kind, double fallback) {
    double sigma = section.number("sigma", fallback);
    return section.build(() -> new PathConfig(kind, sigma));
  }

  private static PathConfig diffusion(
      Section section, Kind kind, String lowKey, double low, String highKey, double high) {
    Optional<Double> least = Optional.of(section.number(lowKey, low));
    Optional<Double> most = Optional.of(section.number(highKey, high));
    Optional<Double> none = Optional.empty();
    boolean vp = kind == Kind.VP;
    return section.build(
        () ->
            new PathConfig(
                kind,
                none,
                vp ? least : none,
                vp ? most : none,
                vp ? none : least,
                vp ? none : most,
                Optional.empty(),
                Optional.empty()));
  }

  private static PathConfig formulas(Section section) {
    Optional<String> mean = section.formula("mean");
    Optional<String> std = section.formula("std");
    return section.build(
        () -> {
          for (String key : new String[] {"mean", "std"}) {
            if ((key.equals("mean") ? mean : std).isEmpty()) {
              throw new InvalidValue(
                  "",
                  "has no formula for the %s".formatted(key),
                  "for example {kind: custom, mean: \"t*x1\", std: \"1-(1-0.01)*t\"}");
            }
          }
          return new PathConfig(
              Kind.CUSTOM,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              mean,
              std);
        });
  }

  /** {@code {custom: {mean: ..., std: ...}}}. */
  private static PathConfig custom(Section section) {
    Kind kind = section.choice("kind", Kind.CUSTOM, Set.of());
    PathConfig path = formulas(section.section(CUSTOM));
    return section.build(
        () -> {
          if (kind != Kind.CUSTOM) {
            throw new InvalidValue(
                "kind",
                "is %s, but path.custom gives formulas".formatted(Labels.of(kind)),
                "keep one of them");
          }
          return path;
        });
  }
}
