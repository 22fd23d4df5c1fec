package dev.advect.program;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import java.util.List;

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
    if (!(v.op() instanceof Linear.Contract)) {
      return 0;
    }
    Labels labels = Labels.of(v);
    return 2.0
        * labels.size(labels.batch())
        * labels.size(labels.m())
        * labels.size(labels.n())
        * labels.size(labels.k());
  }
}
