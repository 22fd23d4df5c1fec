package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Optional;

/**
 * The conditional optimal-transport path (Lipman et al. 2023, arXiv 2210.02747, equations 20 to
 * 23): x_t = t x1 + (1 - (1 - sigmaMin) t) eps, with target x1 - (1 - sigmaMin) eps.
 *
 * <p>The noise of the path is the source: x0 is not used.
 *
 * @param sigmaMin the standard deviation that is left at t = 1
 */
public record ConditionalOt(double sigmaMin) implements GaussianPath {
  /** Checks sigmaMin. */
  public ConditionalOt {
    if (!(sigmaMin >= 0 && sigmaMin <= 1)) {
      throw new IllegalArgumentException("sigmaMin must be from 0 to 1, not " + sigmaMin);
    }
  }

  static ConditionalOt of(JsonObject json) {
    json.only("sigma");
    return new ConditionalOt(json.number("sigma"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return t.times(x1);
  }

  @Override
  public Value std(Value t) {
    return t.times(sigmaMin - 1).plus(1);
  }

  /** alpha / (sigma + (1 - sigmaMin) alpha). */
  @Override
  public Optional<Value> timeOf(Value alpha, Value sigma) {
    return Optional.of(alpha.over(sigma.minus(alpha.times(sigmaMin - 1))));
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "ot").with("sigma", sigmaMin).json();
  }
}
