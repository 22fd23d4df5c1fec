package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.solve.AdaptiveStep;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Solve;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solve.Solution;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.solve.Solver.EulerMaruyama;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.type.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Draws samples of a model and integrates |v|^2 along their ways, by the same steps. */
record EnergySampling(CompiledModel on, SamplingOptions options) {
  private static final String X = "x";
  private static final String ENERGY = "energy";

  FlowModel.EnergySamples samples(int n) {
    float[] samples = ModelProgram.array(n, model().dim());
    float[] energy = ModelProgram.array(n, 1);
    switch (options.solver()) {
      case FixedSteps steps -> solve(steps, n, samples, energy);
      case Adaptive adaptive -> solve(adaptive, n, samples, energy);
      case EulerMaruyama sde ->
          throw new AdvectException(
              "%s have no velocity whose energy could be added up".formatted(sde),
              "use a solver of the ordinary equation, such as euler");
    }
    return new FlowModel.EnergySamples(model().normalizer().undo(samples, model().dim()), energy);
  }

  private void solve(FixedSteps steps, int n, float[] samples, float[] energy) {
    ModelProgram program = on.program(List.of("sample with energy", steps), () -> graph(steps));
    ModelProgram.forEachChunk(
        n,
        model().dim() + 1,
        (first, count) -> {
          program.run(first, count, n, options.seed());
          program.collect(X, samples, first, model().dim());
          program.collect(ENERGY, energy, first, 1);
        });
  }

  private Graph graph(FixedSteps steps) {
    var motion = new Moving(model());
    var g = new Trace();
    Solution solution =
        Solve.forward(steps).from(motion.start(g), motion.dynamics(g, new LinkedHashMap<>()));
    var results = new LinkedHashMap<String, Value>();
    results.put(X, solution.state().getFirst());
    results.put(ENERGY, solution.state().getLast());
    return Graph.of("sample with energy", results, solution.loop());
  }

  private FlowModel model() {
    return on.model();
  }

  private void solve(Adaptive solver, int n, float[] samples, float[] energy) {
    new AdaptiveRun(on, solver, Direction.FORWARD, new Moving(model()))
        .run(
            n,
            model().dim() + 1,
            options.seed(),
            new double[] {1},
            (_, _, _) -> {},
            (_, first, carried) -> {
              float[] x = carried.get(AdaptiveStep.state(0));
              System.arraycopy(x, 0, samples, first * model().dim(), x.length);
              float[] e = carried.get(AdaptiveStep.state(1));
              System.arraycopy(e, 0, energy, first, e.length);
            });
  }

  /** (x, e) moves by (v, |v|^2), from the noise and 0. */
  private record Moving(FlowModel model) implements Motion {
    @Override
    public List<Value> start(Trace g) {
      return List.of(Sampling.noise(g, model), g.zeros(ValueType.sample()));
    }

    @Override
    public SequencedMap<String, Value> kept(Trace g) {
      return new LinkedHashMap<>();
    }

    @Override
    public Dynamics dynamics(Trace g, Map<String, Value> kept) {
      Dynamics velocity = Sampling.velocity(model, new Parameters(g));
      return (state, t) -> {
        Value v = velocity.at(state, t).getFirst();
        return List.of(v, v.square().sum());
      };
    }
  }
}
