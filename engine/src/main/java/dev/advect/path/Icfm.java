package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Optional;

/**
 * The path of conditional flow matching (I-CFM; Tong et al. 2024, arXiv 2302.00482): x_t = (1-t) x0
 * + t x1 + sigma eps, with target x1 - x0.
 *
 * <p>Its marginal at t = 0 is N(0, (1 + sigma^2) I) when x0 is standard normal. Samplers and
 * likelihoods nevertheless start from the law of x0 itself, N(0, I), as the paper and its reference
 * implementation do; with sigma = 0.1 the standard deviations differ by half a percent.
 *
 * @param sigma the constant standard deviation around the line; 0 for rectified flow
 */
public record Icfm(double sigma) implements GaussianPath {
  /** Checks sigma. */
  public Icfm {
    if (!(sigma >= 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sigma must be finite and not negative, not " + sigma);
    }
  }

  static Icfm of(JsonObject json) {
    json.only("sigma");
    return new Icfm(json.number("sigma"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    Value u = t.neg().plus(1); // 1 - t
    return u.times(x0).plus(t.times(x1));
  }

  @Override
  public Value std(Value t) {
    return t.trace().constant(sigma);
  }

  /** alpha / (alpha + sigma), where there is no noise beside the source. */
  @Override
  public Optional<Value> timeOf(Value alpha, Value sigma) {
    return sigma() == 0 ? Optional.of(alpha.over(alpha.plus(sigma))) : Optional.empty();
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "icfm").with("sigma", sigma).json();
  }
}
