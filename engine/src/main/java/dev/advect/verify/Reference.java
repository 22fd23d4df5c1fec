package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import dev.advect.solve.Solve;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates graphs: in double precision by the interpreter, in float32 on a device. */
final class Reference {
  private Reference() {}

  /** One value in double, for some samples. */
  static double[] evaluate(Value value, Map<String, double[]> inputs, int samples) {
    return evaluate(List.of(value), inputs, samples, 0).get(value);
  }

  /** Values in double, for some samples. */
  static Map<Value, double[]> evaluate(
      Collection<Value> values, Map<String, double[]> inputs, int samples, long seed) {
    return Interpreter.evaluate(values, inputs, Slice.batch(samples, 0), seed);
  }

  /** What depends on the end of a solve, in double. */
  static Map<String, double[]> solve(
      Solve.Solution solution, Map<String, Value> results, Map<String, double[]> inputs, int n) {
    return run(solution.loop(), results, inputs, n);
  }

  /** What depends on the end of a loop, in double. */
  static Map<String, double[]> run(
      Repeat loop, Map<String, Value> results, Map<String, double[]> inputs, int n) {
    return Interpreter.run(graph(loop, results), inputs, Slice.batch(n, 0), 0).results();
  }

  /** What depends on the end of a solve, in float32 on a device, from one per-sample input. */
  static float[] solve(
      Backend device, Solve.Solution solution, Value result, String input, float[] rows, int n) {
    try (Executable program = device.compile(graph(solution.loop(), Map.of("result", result)))) {
      program.bind(input, rows);
      program.run(Slice.batch(n, 0), 0);
      return program.result("result");
    }
  }

  private static Graph graph(Repeat loop, Map<String, Value> results) {
    return new Graph("verify", new LinkedHashMap<>(results), new LinkedHashMap<>(), List.of(loop));
  }

  /** The largest |a - b|. */
  static double largestDifference(double[] a, double[] b) {
    if (a.length != b.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = worse(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  /** The larger of two errors; one that is no number is the worst of all. */
  static double worse(double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
  }

  /** The nearest floats. */
  static float[] floats(double[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) x[i];
    }
    return out;
  }

  /** The same numbers in double. */
  static double[] doubles(float[] x) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i];
    }
    return out;
  }
}
