package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Optional;

/**
 * The variance-exploding diffusion path (Lipman et al. 2023, arXiv 2210.02747, equation 16) with
 * geometric noise levels: x_t = x1 + sigmaMin (sigmaMax/sigmaMin)^(1-t) eps.
 *
 * <p>A sampler starts from N(0, sigmaMax^2 I); the data should be centred and narrow beside it.
 *
 * @param sigmaMin the standard deviation at t = 1
 * @param sigmaMax the standard deviation at t = 0
 */
public record VarianceExploding(double sigmaMin, double sigmaMax) implements GaussianPath {
  /** Checks the levels. */
  public VarianceExploding {
    if (!(sigmaMin > 0 && sigmaMax >= sigmaMin && sigmaMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "0 < sigmaMin <= sigmaMax expected, not %s and %s".formatted(sigmaMin, sigmaMax));
    }
  }

  static VarianceExploding of(JsonObject json) {
    json.only("sigmaMin", "sigmaMax");
    return new VarianceExploding(json.number("sigmaMin"), json.number("sigmaMax"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return x1;
  }

  @Override
  public Value std(Value t) {
    return t.neg().plus(1).times(Math.log(sigmaMax / sigmaMin)).exp().times(sigmaMin);
  }

  @Override
  public double baseStd() {
    return sigmaMax;
  }

  /** 1 - ln(sigma / (alpha sigmaMin)) / ln(sigmaMax / sigmaMin). */
  @Override
  public Optional<Value> timeOf(Value alpha, Value sigma) {
    if (sigmaMin == sigmaMax) {
      return Optional.empty();
    }
    Value ratio = sigma.over(alpha.times(sigmaMin)).max(1).min(sigmaMax / sigmaMin);
    Value log = alpha.trace().constant(Math.log(sigmaMax / sigmaMin));
    return Optional.of(ratio.log().over(log).neg().plus(1));
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "ve")
        .with("sigmaMin", sigmaMin)
        .with("sigmaMax", sigmaMax)
        .json();
  }
}
