package dev.advect.cli.config;

import java.util.Set;

/**
 * How a sample moves from noise to data.
 *
 * @param kind the family
 * @param sigma {@code icfm}: the noise around the straight line; {@code ot}: the noise left at the
 *     end
 */
public record PathConfig(Kind kind, double sigma) {
  /** A family of paths. */
  public enum Kind {
    /** {@code x_t = (1 - t) x0 + t x1 + sigma e}. */
    ICFM(0.1),
    /** {@code x_t = t x1 + (1 - (1 - sigma) t) e}. */
    OT(0.01);

    private final double sigma;

    Kind(double sigma) {
      this.sigma = sigma;
    }
  }

  private static final Set<String> PLANNED = Set.of("vp", "ve", "cosine", "custom");

  /** Checks the range of sigma. */
  public PathConfig {
    switch (kind) {
      case ICFM -> Check.notNegative("sigma", sigma);
      case OT -> Check.fraction("sigma", sigma);
    }
  }

  static PathConfig read(Section section) {
    Kind kind = section.choice("kind", Kind.ICFM, PLANNED);
    double sigma = section.number("sigma", kind.sigma);
    return section.build(() -> new PathConfig(kind, sigma));
  }
}
