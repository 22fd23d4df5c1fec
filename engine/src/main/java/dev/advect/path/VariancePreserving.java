package dev.advect.path;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Optional;

/**
 * The variance-preserving diffusion path (Lipman et al. 2023, arXiv 2210.02747, equation 18): with
 * s = 1 - t and T(s) = betaMin s + (betaMax - betaMin) s^2 / 2, x_t = e^(-T/2) x1 + sqrt(1 -
 * e^(-T)) eps.
 *
 * <p>At t = 0 a little of the data is left in the mean (e^(-T(1)/2), 0.0066 with the usual betas),
 * so that the standard normal a sampler starts from is an approximation. The velocity is infinite
 * at t = 1: training stops just before.
 *
 * @param betaMin the noise rate at the data, per unit of time
 * @param betaMax the noise rate at the noise
 */
public record VariancePreserving(double betaMin, double betaMax) implements GaussianPath {
  /** A ratio of noise to signal beyond that of any time, whose square is still finite. */
  private static final double LARGEST_RATIO = 1e15;

  /** Checks the rates. */
  public VariancePreserving {
    if (!(betaMin > 0 && betaMax >= betaMin && betaMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "0 < betaMin <= betaMax expected, not %s and %s".formatted(betaMin, betaMax));
    }
  }

  /** The rates of the papers, 0.1 and 20. */
  public static VariancePreserving standard() {
    return new VariancePreserving(0.1, 20);
  }

  static VariancePreserving of(JsonObject json) {
    json.only("betaMin", "betaMax");
    return new VariancePreserving(json.number("betaMin"), json.number("betaMax"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return integral(t).times(-0.5).exp().times(x1);
  }

  @Override
  public Value std(Value t) {
    return integral(t).neg().expm1().neg().sqrt();
  }

  /** T(1 - t). */
  private Value integral(Value t) {
    Value s = t.neg().plus(1);
    return s.times(s.times((betaMax - betaMin) / 2).plus(betaMin));
  }

  @Override
  public TimeInterval times() {
    return new TimeInterval(0, 1 - 1e-5);
  }

  /** 1 - s, with s from T(s) = ln(1 + sigma^2/alpha^2) by the stable root of the quadratic. */
  @Override
  public Optional<Value> timeOf(Value alpha, Value sigma) {
    Trace g = alpha.trace();
    Value b = g.constant(betaMin);
    Value integral = sigma.over(alpha).min(LARGEST_RATIO).square().log1p();
    Value scaled = integral.over(b);
    Value root = scaled.over(b).times(2 * (betaMax - betaMin)).plus(1).sqrt();
    return Optional.of(scaled.times(2).over(root.plus(1)).neg().plus(1));
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "vp").with("betaMin", betaMin).with("betaMax", betaMax).json();
  }
}
