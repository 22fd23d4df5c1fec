package dev.advect.cli.config;

import java.util.Set;

/**
 * Which noise goes with which row of the data.
 *
 * @param kind the rule
 */
public record CouplingConfig(Kind kind) {
  /** A rule. */
  public enum Kind {
    /** Any noise with any row. */
    INDEPENDENT
  }

  private static final Set<String> PLANNED = Set.of("exact-ot", "sinkhorn");

  static CouplingConfig read(Section section) {
    Kind kind = section.choice("kind", Kind.INDEPENDENT, PLANNED);
    return section.build(() -> new CouplingConfig(kind));
  }
}
