package dev.advect.path;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.function.UnaryOperator;

/**
 * A path whose mean and standard deviation are given as functions of values; made by {@link
 * GaussianPath#of}.
 *
 * <p>A model file keeps its name only, so a model that was trained on it is opened with {@code
 * FlowModel.load(file, fields, paths)}.
 *
 * @param name what descriptions call it
 * @param mu the mean
 * @param sigma std(t), of a sample[] to a sample[] or shared[]
 * @param baseStd the standard deviation at t = 0 if the mean does not use x0
 * @param times the times of training
 */
public record FunctionPath(
    String name, Mean mu, UnaryOperator<Value> sigma, double baseStd, TimeInterval times)
    implements GaussianPath {
  static final String KIND = "function";

  /** Checks the base. */
  public FunctionPath {
    if (!(baseStd > 0 && baseStd < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the base needs a positive std, not " + baseStd);
    }
  }

  /** The same from wider or narrower noise, for a path whose std at t = 0 is not 1. */
  public FunctionPath withBaseStd(double baseStd) {
    return new FunctionPath(name, mu, sigma, baseStd, times);
  }

  /** The same trained on fewer times, for a path whose velocity is infinite at an end. */
  public FunctionPath withTimes(TimeInterval times) {
    return new FunctionPath(name, mu, sigma, baseStd, times);
  }

  @Override
  public Value mean(Value t, Value x0, Value x1) {
    return mu.at(t, x0, x1);
  }

  @Override
  public Value std(Value t) {
    return sigma.apply(t);
  }

  @Override
  public String json() {
    return JsonObject.kind("path", KIND).with("name", name).json();
  }
}
