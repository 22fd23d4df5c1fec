package dev.advect.program;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what a program computes, to know beforehand whether a run is a short or a long one.
 *
 * <p>Each element of an elementwise value counts as one operation, a multiplication and an addition
 * of a product as two; what only moves numbers counts as nothing.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /** Operations for each sample, in all passes of loops. */
  public static double ofSample(Program program) {
    double total = 0;
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Sample s) {
        int passes = s.loop().map(loop -> loop.times()).orElse(0);
        total += of(s.before()) + passes * of(s.body()) + of(s.after());
      }
    }
    return total;
  }

  private static double of(List<Step> steps) {
    return steps.stream().mapToDouble(Arithmetic::of).sum();
  }

  private static double of(Step step) {
    return switch (step) {
      case Step.Fused f -> (double) f.size() * f.body().size();
      case Step.Single(Value v, var epilogue) ->
          product(v) + epilogue.map(Arithmetic::of).orElse(0.0);
    };
  }

  private static double product(Value v) {
    if (!(v.op() instanceof Linear.Contract c)) {
      return 0;
    }
    Map<Character, Integer> sizes = new HashMap<>();
    measure(c.a(), v.arg(0), sizes);
    measure(c.b(), v.arg(1), sizes);
    double terms = 2;
    for (int size : sizes.values()) {
      terms *= size;
    }
    return terms;
  }

  private static void measure(String labels, Value value, Map<Character, Integer> sizes) {
    for (int i = 0; i < labels.length(); i++) {
      sizes.put(labels.charAt(i), value.type().dim(i));
    }
  }
}
