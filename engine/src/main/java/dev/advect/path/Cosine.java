package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;

/**
 * The trigonometric interpolant (Albergo and Vanden-Eijnden 2023, arXiv 2209.15571): x_t = cos(pi
 * t/2) x0 + sin(pi t/2) x1 + sigma eps.
 *
 * @param sigma the constant standard deviation around the arc
 */
public record Cosine(double sigma) implements GaussianPath {
  /** Checks sigma. */
  public Cosine {
    if (!(sigma >= 0 && sigma < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sigma must be finite and not negative, not " + sigma);
    }
  }

  static Cosine of(JsonObject json) {
    json.only("sigma");
    return new Cosine(json.number("sigma"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    Value angle = t.times(Math.PI / 2);
    return angle.cos().times(x0).plus(angle.sin().times(x1));
  }

  @Override
  public Value std(Value t) {
    return t.trace().constant(sigma);
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "cosine").with("sigma", sigma).json();
  }
}
