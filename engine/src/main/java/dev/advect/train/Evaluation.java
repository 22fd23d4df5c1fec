package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.type.ValueType;
import java.util.Arrays;

/** Evaluates a quantity of a model's flow at points of one time. */
record Evaluation(Backend backend, FlowModel model) {
  private static final String X = "x";
  private static final String T = "t";

  /** A quantity (x, t) to sample[dim]. */
  @FunctionalInterface
  interface Quantity {
    Value at(Parameters parameters, Value x, Value t);
  }

  float[] at(float[] points, double t, Quantity quantity) {
    if (!(t >= 0 && t <= 1)) {
      throw new AdvectException(
          "there is no time t = " + t, "time runs from 0 (noise) to 1 (data)");
    }
    int dim = model.dim();
    if (points.length == 0 || points.length % dim != 0) {
      throw new AdvectException(
          "%d numbers are no rows of the model's dimension %d".formatted(points.length, dim),
          "give points of the space of the model");
    }
    int n = points.length / dim;
    var g = new Trace();
    Value x = g.input(X, ValueType.sample(dim));
    Value time = g.input(T, ValueType.sample());
    Value y = quantity.at(new Parameters(g), x, time);
    float[] values = new float[points.length];
    try (var program = new ModelProgram(backend, model, Graph.of("evaluation", y))) {
      ModelProgram.forEachChunk(
          n,
          dim,
          (first, count) -> {
            Executable executable = program.executable();
            executable.bind(X, Arrays.copyOfRange(points, first * dim, (first + count) * dim));
            if (executable.graph().inputs().containsKey(T)) {
              float[] times = new float[count];
              Arrays.fill(times, (float) t);
              executable.bind(T, times);
            }
            program.run(first, count, n, 0);
            program.collect("result", values, first, dim);
          });
    }
    return values;
  }
}
