package dev.advect.cli.config;

import dev.advect.coupling.PlannedCoupling;
import dev.advect.coupling.Planner;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/**
 * Which noise goes with which row of the data.
 *
 * @param kind the rule
 * @param epsilon {@code sinkhorn}: the weight of the entropy; 2 sigma^2 of the path unless given
 * @param resample {@code exact-ot}, {@code sinkhorn}: whether pairs are drawn from a batch's plan
 *     with replacement
 * @param conditionWeight {@code exact-ot}, {@code sinkhorn}: how much the squared distance of
 *     conditions that are vectors counts beside that of the points
 */
public record CouplingConfig(
    Kind kind,
    Optional<Double> epsilon,
    Optional<Boolean> resample,
    Optional<Double> conditionWeight) {
  /** A rule. */
  public enum Kind {
    /** Any noise with any row. */
    INDEPENDENT,
    /** Optimal transport within each batch. */
    EXACT_OT,
    /** Entropic optimal transport within each batch. */
    SINKHORN
  }

  /** Checks the ranges. */
  public CouplingConfig {
    epsilon.ifPresent(value -> Check.positive("epsilon", value));
    conditionWeight.ifPresent(value -> Check.notNegative("conditionWeight", value));
  }

  /** Any noise with any row. */
  public static CouplingConfig independent() {
    return new CouplingConfig(
        Kind.INDEPENDENT, Optional.empty(), Optional.empty(), Optional.empty());
  }

  static CouplingConfig read(Section section, PathConfig path) {
    Kind kind = section.choice("kind", Kind.INDEPENDENT, Set.of());
    section.checked(() -> requireSource(kind, path));
    return switch (kind) {
      case INDEPENDENT -> section.build(CouplingConfig::independent);
      case EXACT_OT -> planned(section, kind, Optional.empty());
      case SINKHORN -> planned(section, kind, Optional.of(epsilon(section, path)));
    };
  }

  private static CouplingConfig planned(Section section, Kind kind, Optional<Double> epsilon) {
    var resample = Optional.of(section.truth("resample", false));
    var weight = Optional.of(section.number("conditionWeight", PlannedCoupling.CONDITION_WEIGHT));
    return section.build(() -> new CouplingConfig(kind, epsilon, resample, weight));
  }

  /** The Schroedinger bridge of rate sigma has 2 sigma^2 (Tong et al. 2024, arXiv 2302.00482). */
  private static double epsilon(Section section, PathConfig path) {
    double sigma = path.sigma().orElse(0.0);
    boolean given = section.has("epsilon");
    section.checked(
        () -> {
          if (!given && sigma == 0) {
            throw new InvalidValue(
                "",
                "sinkhorn has no epsilon, and path has no sigma above 0 that gives it",
                "for example coupling: {kind: sinkhorn, epsilon: 0.02}");
          }
          return given;
        });
    // In decimals, so that a sigma of 0.1 gives 0.02 and not its neighbour.
    BigDecimal decimal = BigDecimal.valueOf(sigma);
    double bridge = decimal.multiply(decimal).multiply(BigDecimal.TWO).doubleValue();
    return section.number("epsilon", bridge);
  }

  /** Refuses a batch that is too large to plan. */
  int requireBatch(int batch) {
    if (kind != Kind.INDEPENDENT && batch > Planner.MAX_BATCH) {
      throw new InvalidValue(
          "batch",
          "must be at most %d with coupling %s, which weighs all %,d pairs of %d, in every step"
              .formatted(Planner.MAX_BATCH, Labels.of(kind), (long) batch * batch, batch),
          "a few hundred are enough for straight paths");
    }
    return batch;
  }

  /** Refuses to plan source points that the path would ignore. */
  private static Kind requireSource(Kind kind, PathConfig path) {
    if (kind != Kind.INDEPENDENT && !path.usesSource()) {
      throw new InvalidValue(
          "kind",
          "%s pairs source points, and path %s draws noise of its own instead"
              .formatted(Labels.of(kind), Labels.of(path.kind())),
          "use path: {kind: icfm}, or coupling: independent");
    }
    return kind;
  }
}
