package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * A path given by two formulas, for example mean {@code t*x1} and std {@code 1-(1-0.01)*t}.
 *
 * <p>They are checked where they can be: the mean ends at x1; it begins at x0 if it uses x0; the
 * standard deviation is finite and not negative, and positive at t = 0 if the path's own noise is
 * the source.
 *
 * @param mean a formula of t, x0 and x1
 * @param std a formula of t
 */
public record Custom(String mean, String std) implements GaussianPath {
  private static final int GRID = 64;
  private static final double TOLERANCE = 0.02;

  /** Reads and checks the formulas. */
  public Custom {
    Expression mu = parseMean(mean);
    Expression sigma = parseStd(std);
    double[][] points = {{1, 0}, {0, 1}, {-2, 3}};
    for (double[] x : points) {
      require(mu, "mean", 1, x, x[1], "x1");
      if (mu.variables().contains("x0")) {
        require(mu, "mean", 0, x, x[0], "x0");
      }
    }
    for (int i = 0; i <= GRID; i++) {
      double t = (double) i / GRID;
      double value = sigma.evaluate(Map.of("t", t));
      if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
        throw new AdvectException(
            "the path's std '%s' is %s at t = %s".formatted(std, value, t),
            "it must be finite and not negative from t = 0 (noise) to t = 1 (data)");
      }
    }
    if (!mu.variables().contains("x0") && !(sigma.evaluate(Map.of("t", 0.0)) > 0)) {
      throw new AdvectException(
          "the path has no source: its mean '%s' has no x0 and its std '%s' is 0 at t = 0"
              .formatted(mean, std),
          "use x0 in the mean, or a std that is positive at t = 0");
    }
  }

  private static void require(
      Expression mu, String what, double t, double[] x, double wanted, String name) {
    double found = mu.evaluate(Map.of("t", t, "x0", x[0], "x1", x[1]));
    if (!(Math.abs(found - wanted) <= TOLERANCE * (1 + Math.abs(wanted)))) {
      throw new AdvectException(
          "the path's %s is %s at t = %s for x0 = %s and x1 = %s, where %s is expected"
              .formatted(what, found, t, x[0], x[1], name),
          "time runs from noise (t = 0) to data (t = 1); swap t and 1-t if yours runs back");
    }
  }

  private static Expression parseMean(String text) {
    return Expression.parse("mean of the path", text, Set.of("t", "x0", "x1"));
  }

  private static Expression parseStd(String text) {
    return Expression.parse("std of the path", text, Set.of("t"));
  }

  static Custom of(JsonObject json) {
    json.only("mean", "std");
    return new Custom(json.text("mean"), json.text("std"));
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return parseMean(mean).write(t.trace(), Map.of("t", t, "x0", x0, "x1", x1));
  }

  @Override
  public Value std(Value t) {
    return parseStd(std).write(t.trace(), Map.of("t", t));
  }

  @Override
  public double baseStd() {
    return usesSource() ? 1 : parseStd(std).evaluate(Map.of("t", 0.0));
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "custom").with("mean", mean).with("std", std).json();
  }
}
