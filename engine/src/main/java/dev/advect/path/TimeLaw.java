package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.random.Purpose;

/**
 * How the times of training are drawn: a law on [0, 1], mapped into the {@link TimeInterval} of the
 * path.
 *
 * <p>The loss of a field that is flexible enough has the same minimum under every law that reaches
 * all times; a law decides how the effort is shared out between noise (t = 0) and data (t = 1).
 */
public sealed interface TimeLaw {
  /** Every time alike, each sample for itself. */
  record Uniform() implements TimeLaw {}

  /**
   * Sample i of a batch of B takes (i + U)/B with a uniform U of its own: still uniform, but every
   * batch covers all times, which lowers the variance of its loss.
   */
  record Stratified() implements TimeLaw {}

  /**
   * t = 1/(1 + e^-z) with z from N(mean, std^2): most times in the middle (Esser et al. 2024, arXiv
   * 2403.03206).
   *
   * @param mean above 0 for more times near the data
   * @param std how far the times are spread out
   */
  record LogitNormal(double mean, double std) implements TimeLaw {
    /** Checks the numbers. */
    public LogitNormal {
      if (!Double.isFinite(mean) || !(std > 0 && std < Double.POSITIVE_INFINITY)) {
        throw new AdvectException(
            "a logit-normal law has a mean of %s and a std of %s".formatted(mean, std),
            "the mean is finite, the std finite and positive; 0 and 1 are usual");
      }
    }
  }

  /**
   * The density (1 + a) t^a, drawn as U^(1/(1+a)) (Wildberger et al. 2023, arXiv 2305.17161, as its
   * reference implementation draws it): a above 0 for more times near the data, 0 for uniform.
   *
   * @param exponent a, of the density
   */
  record Power(double exponent) implements TimeLaw {
    /** Checks the exponent. */
    public Power {
      if (!(exponent > -1 && exponent < Double.POSITIVE_INFINITY)) {
        throw new AdvectException(
            "a power law of times has the exponent %s".formatted(exponent),
            "the density (1 + a) t^a needs a finite a above -1");
      }
    }
  }

  /** Every time alike. */
  static TimeLaw uniform() {
    return new Uniform();
  }

  /**
   * Draws a time for every sample.
   *
   * @return sample[], within the interval
   */
  default Value draw(Trace g, TimeInterval times) {
    return times.map(
        switch (this) {
          case Uniform _ -> g.uniform(Purpose.TIME);
          case Stratified _ ->
              g.sampleIndex().plus(g.uniform(Purpose.TIME)).times(g.reciprocalBatch());
          case LogitNormal(double mean, double std) ->
              g.normal(Purpose.TIME).times(std).plus(mean).sigmoid();
          case Power(double exponent) ->
              g.uniform(Purpose.TIME).pow(g.constant(1 / (1 + exponent)));
        });
  }
}
