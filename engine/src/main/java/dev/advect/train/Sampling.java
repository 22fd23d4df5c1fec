package dev.advect.train;

import dev.advect.backend.Backend;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.random.Purpose;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Effort;
import dev.advect.solve.Solve;
import dev.advect.solve.Solve.Solution;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;

/** Draws samples of a model: noise, moved by the field from t = 0 to t = 1. */
record Sampling(Backend backend, FlowModel model, SamplingOptions options) {
  private static final String X = "x";
  private static final String K = "k";

  /** x0: sample[dim], drawn from the base of a model. */
  static Value noise(Trace g, FlowModel model) {
    return g.normal(Purpose.SAMPLE_NOISE, model.dim()).times(model.flow().baseStd());
  }

  Solved<float[]> samples(int n) {
    return switch (options.solver()) {
      case FixedSteps steps ->
          new Solved<>(samples(steps, n), new Effort.Fixed(steps.evaluations()));
    };
  }

  private float[] samples(FixedSteps steps, int n) {
    var g = new Trace();
    Solution solution =
        Solve.forward(steps).from(List.of(noise(g, model)), dynamics(new Parameters(g)));
    float[] samples = ModelProgram.array(n, model.dim());
    try (var program = new ModelProgram(backend, model, graph("sample", solution))) {
      ModelProgram.forEachChunk(
          n,
          model.dim(),
          (first, count) -> {
            program.run(first, count, n, options.seed());
            program.collect(X, samples, first, model.dim());
          });
    }
    return model.normalizer().undo(samples, model.dim());
  }

  /** Runs the loop's body once at a time, as the same loop, so that the ends equal the samples. */
  Solved<float[]> trajectories(int n) {
    return switch (options.solver()) {
      case FixedSteps steps ->
          new Solved<>(trajectories(steps, n), new Effort.Fixed(steps.evaluations()));
    };
  }

  private float[] trajectories(FixedSteps steps, int n) {
    int dim = model.dim();
    var noises = new Trace();
    var g = new Trace();
    Value k = g.input(K, ValueType.shared()).spread();
    Value x = g.input(X, ValueType.sample(dim));
    Solution solution = Solve.forward(steps).part(k, 1, List.of(x), dynamics(new Parameters(g)));
    float[] all = ModelProgram.array((steps.steps() + 1L) * n, dim);
    try (var start =
            new ModelProgram(backend, model, Graph.of("noise", Map.of(X, noise(noises, model))));
        var step = new ModelProgram(backend, model, graph("step", solution))) {
      ModelProgram.forEachChunk(
          n,
          dim,
          (first, count) -> {
            start.run(first, count, n, options.seed());
            start.collect(X, all, first, dim);
            step.executable().bind(X, start.executable().result(X));
            for (int i = 0; i < steps.steps(); i++) {
              step.executable().set(K, new float[] {i});
              step.run(first, count, n, options.seed());
              step.collect(X, all, (i + 1L) * n + first, dim);
              step.executable().bind(X, step.executable().result(X));
            }
          });
    }
    return model.normalizer().undo(all, dim);
  }

  private Dynamics dynamics(Parameters parameters) {
    return (state, t) -> List.of(model.velocity(parameters, state.getFirst(), t));
  }

  private static Graph graph(String name, Solution solution) {
    return Graph.of(name, Map.of(X, solution.state().getFirst()), solution.loop());
  }
}
