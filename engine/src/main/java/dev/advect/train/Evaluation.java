package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Executable;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.List;

/**
 * Evaluates a quantity of a model's flow at points of one time.
 *
 * @param name of the quantity
 */
record Evaluation(CompiledModel on, String name) {
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
    int dim = on.model().dim();
    if (points.length == 0 || points.length % dim != 0) {
      throw new AdvectException(
          "%d numbers are no rows of the model's dimension %d".formatted(points.length, dim),
          "give points of the space of the model");
    }
    int n = points.length / dim;
    float[] values = new float[points.length];
    ModelProgram program = on.program(List.of(name), () -> graph(quantity));
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
    return values;
  }

  private Graph graph(Quantity quantity) {
    var g = new Trace();
    Value x = g.input(X, ValueType.sample(on.model().dim()));
    Value time = g.input(T, ValueType.sample());
    return Graph.of(name, quantity.at(new Parameters(g), x, time));
  }
}
