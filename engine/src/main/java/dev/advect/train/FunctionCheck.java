package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.path.FunctionPath;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a path given as functions must satisfy, evaluated on a grid of times: formulas are checked
 * where they are read, functions only where something is there to run them.
 */
final class FunctionCheck {
  private static final int GRID = 64;

  /** x0 and x1 for which the mean is tried. */
  private static final float[][] POINTS = {{0, 1}, {1, 0}, {-2, 3}};

  /** How far off the ends may be: a diffusion leaves a little of the data in its noise. */
  private static final double TOLERANCE = 2e-2;

  private final FunctionPath path;
  private final boolean source;

  private FunctionCheck(FunctionPath path) {
    this.path = path;
    this.source = path.usesSource();
  }

  /**
   * Checks that mean and std are finite and the std is not negative; that the mean goes from x0, or
   * 0 without a source, to x1; that without a source the std is positive inside and begins at the
   * base; and that both have finite derivatives at the times of training.
   *
   * @throws AdvectException that names the path and the time
   */
  static void require(FunctionPath path) {
    var check = new FunctionCheck(path);
    for (float[] point : POINTS) {
      check.require(point);
    }
  }

  private void require(float[] point) {
    float[] times = new float[GRID + 1];
    for (int i = 0; i <= GRID; i++) {
      times[i] = (float) i / GRID;
    }
    Map<String, float[]> found = evaluate(times, point);
    for (int i = 0; i <= GRID; i++) {
      requireFinite("mean", found, i, times[i]);
      requireFinite("std", found, i, times[i]);
      float std = found.get("std")[i];
      boolean vanishes = !source && i < GRID && std == 0;
      if (std < 0 || vanishes) {
        throw problem(
            "std is %s at t = %s".formatted(std, times[i]),
            source ? "it must not be negative" : "it must be positive: it is all the noise");
      }
    }
    requireEnd(found.get("mean")[0], 0, source ? point[0] : 0, point);
    requireEnd(found.get("mean")[GRID], 1, point[1], point);
    if (!source && Math.abs(found.get("std")[0] - path.baseStd()) > TOLERANCE * path.baseStd()) {
      throw problem(
          "std is %s at t = 0, where samples start from %s"
              .formatted(found.get("std")[0], path.baseStd()),
          "say so: withBaseStd(%s)".formatted(found.get("std")[0]));
    }
    requireRates(point);
  }

  private void requireRates(float[] point) {
    float[] times = new float[GRID + 1];
    double first = path.times().first();
    double last = path.times().last();
    for (int i = 0; i <= GRID; i++) {
      times[i] = (float) (first + (last - first) * i / GRID);
    }
    Map<String, float[]> found = evaluate(times, point);
    for (int i = 0; i <= GRID; i++) {
      requireFinite("derivative of the mean", found, i, times[i]);
      requireFinite("derivative of the std", found, i, times[i]);
    }
  }

  private void requireFinite(String what, Map<String, float[]> found, int i, float t) {
    float value = found.get(what)[i];
    if (!Float.isFinite(value)) {
      throw problem(
          "%s is %s at t = %s".formatted(what, value, t),
          "it must be finite; a derivative may be infinite at an end that withTimes leaves out");
    }
  }

  private void requireEnd(float found, int t, float wanted, float[] point) {
    if (!(Math.abs(found - wanted) <= TOLERANCE * (1 + Math.abs(point[1])))) {
      throw problem(
          "mean is %s at t = %d for x0 = %s and x1 = %s, where %s is expected"
              .formatted(found, t, point[0], point[1], wanted),
          "time runs from noise (t = 0) to data (t = 1)");
    }
  }

  private AdvectException problem(String what, String hint) {
    return new AdvectException("the path '%s': its %s".formatted(path.name(), what), hint);
  }

  private Map<String, float[]> evaluate(float[] times, float[] point) {
    var g = new Trace();
    Value t = g.input("t", ValueType.sample());
    ValueType one = ValueType.sample(1);
    Value mean = path.mean(t, g.constant(point[0], one), g.constant(point[1], one));
    Value std = path.std(t);
    Value dt = g.ones(t.type());
    List<Value> rates = Autodiff.jvp(List.of(mean, std), List.of(t), List.of(dt));
    Map<String, Value> results =
        Map.of(
            "mean", mean.reshape().spread(),
            "std", std.reshape().spread(),
            "derivative of the mean", rates.getFirst().reshape().spread(),
            "derivative of the std", rates.getLast().reshape().spread(),
            "t", t);
    try (Backend backend = Backends.open("reference", BackendOptions.standard()).backend();
        Executable program = backend.compile(Graph.of("path", results))) {
      program.bind("t", times);
      program.run(Slice.batch(times.length, 0), 0);
      return results.keySet().stream().collect(Collectors.toMap(name -> name, program::result));
    }
  }
}
