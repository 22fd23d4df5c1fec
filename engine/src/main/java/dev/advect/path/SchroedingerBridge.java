package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;

/**
 * Brownian bridges between the coupled points, the path of SB-CFM (Tong et al. 2024, arXiv
 * 2302.00482): x_t = (1-t) x0 + t x1 + sigma sqrt(t (1-t)) eps, with target x1 - x0 + sigma
 * (1-2t)/(2 sqrt(t (1-t))) eps.
 *
 * <p>With pairs from entropic optimal transport at epsilon = 2 sigma^2 it is the Schroedinger
 * bridge of a Brownian motion of rate sigma. The velocity is infinite at both ends, so training
 * leaves a thousandth of the time out there.
 *
 * @param sigma the rate of the Brownian motion
 */
public record SchroedingerBridge(double sigma) implements GaussianPath {
  /** Checks sigma. */
  public SchroedingerBridge {
    if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sigma must be finite and positive, not " + sigma);
    }
  }

  static SchroedingerBridge of(JsonObject json) {
    json.only("sigma");
    return new SchroedingerBridge(json.number("sigma"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return t.neg().plus(1).times(x0).plus(t.times(x1));
  }

  @Override
  public Value std(Value t) {
    return t.times(t.neg().plus(1)).sqrt().times(sigma);
  }

  @Override
  public TimeInterval times() {
    return new TimeInterval(TimeInterval.MARGIN, 1 - TimeInterval.MARGIN);
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "sb").with("sigma", sigma).json();
  }
}
