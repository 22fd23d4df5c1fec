package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * A path given by two formulas, for example mean {@code t*x1} and std {@code 1-(1-0.01)*t}.
 *
 * <p>They are checked when they are read: {@link #requireMean} and {@link #requireStd} say how. At
 * an end of the time where a derivative is infinite, as that of {@code sqrt(1-t)} is at 1, training
 * leaves a thousandth of the time out.
 *
 * @param mean a formula of t, x0 and x1
 * @param std a formula of t
 */
public record Custom(String mean, String std) implements GaussianPath {
  private static final Set<String> MEAN_NAMES = Set.of("t", "x0", "x1");
  private static final Set<String> STD_NAMES = Set.of("t");

  /** Reads and checks the formulas. */
  public Custom {
    part("mean", () -> requireMean(mean));
    part("std", () -> requireStd(mean, std));
  }

  private static void part(String name, Runnable check) {
    try {
      check.run();
    } catch (AdvectException e) {
      throw new AdvectException("the path's %s %s".formatted(name, e.getMessage()), e.hint());
    }
  }

  /**
   * Checks a mean: it is finite from t = 0 to t = 1, ends at x1, and begins at x0, or at 0 if it
   * does not mention x0; its derivative is finite but, perhaps, at the ends.
   *
   * @throws AdvectException whose message goes on after the name of the formula
   */
  public static void requireMean(String mean) {
    FormulaCheck.mean(parseMean(mean), mean);
  }

  /**
   * Checks a standard deviation beside its mean: it is finite and not negative from t = 0 to t = 1;
   * it is positive inside, and at t = 0, if the mean has no x0, because the noise of the path is
   * then all the noise there is; its derivative is finite but, perhaps, at the ends.
   *
   * @throws AdvectException whose message goes on after the name of the formula
   */
  public static void requireStd(String mean, String std) {
    FormulaCheck.std(parseStd(std), std, parseMean(mean).variables().contains("x0"));
  }

  private static Expression parseMean(String text) {
    return Expression.parse(text, MEAN_NAMES);
  }

  private static Expression parseStd(String text) {
    return Expression.parse(text, STD_NAMES);
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

  /**
   * That of the path at t = 0: the noise there, beside that of a standard normal x0 if it has one.
   */
  @Override
  public double baseStd() {
    double noise = FormulaCheck.at(parseStd(std), 0, 0, 0).value();
    return parseMean(mean).variables().contains("x0") ? Math.hypot(1, noise) : noise;
  }

  @Override
  public TimeInterval times() {
    return new TimeInterval(
        isSteep(0) ? TimeInterval.MARGIN : 0, 1 - (isSteep(1) ? TimeInterval.MARGIN : 0));
  }

  private boolean isSteep(double t) {
    return !FormulaCheck.at(parseMean(mean), t, 1, 1).isFinite()
        || !FormulaCheck.at(parseStd(std), t, 0, 0).isFinite();
  }

  @Override
  public String json() {
    return JsonObject.kind("path", "custom").with("mean", mean).with("std", std).json();
  }
}
