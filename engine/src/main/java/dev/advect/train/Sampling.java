package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.random.Purpose;
import dev.advect.solve.AdaptiveStep;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Effort;
import dev.advect.solve.Solve;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solve.Solution;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.solve.Solver.EulerMaruyama;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.solve.Tableau;
import dev.advect.solve.TimeGrid;
import dev.advect.type.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Draws samples of a model: noise, moved by the field from t = 0 to t = 1. */
record Sampling(CompiledModel on, SamplingOptions options) {
  private static final String X = "x";
  private static final String T = "t";
  private static final String H = "h";

  /** x0: sample[dim], drawn from the base of a model. */
  static Value noise(Trace g, FlowModel model) {
    return g.normal(Purpose.SAMPLE_NOISE, model.dim()).times(model.flow().baseStd());
  }

  Solved<float[]> samples(int n) {
    return switch (options.solver()) {
      case FixedSteps steps ->
          new Solved<>(
              samples(steps, n), Effort.Fixed.of(steps.method(), TimeGrid.forward(steps.steps())));
      case Adaptive adaptive -> adaptive(adaptive, n, new double[] {1});
      case EulerMaruyama sde -> stepByStep(sde, TimeGrid.forward(sde.steps()), n);
    };
  }

  /** All samples at the first of the times, then all at the next, and so on. */
  Solved<float[]> samplesAt(double[] times, int n) {
    TimeGrid.requireAscending(times);
    return switch (options.solver()) {
      case FixedSteps steps -> stepByStep(steps, TimeGrid.through(steps.steps(), times), n);
      case Adaptive adaptive -> adaptive(adaptive, n, times);
      case EulerMaruyama sde -> stepByStep(sde, TimeGrid.through(sde.steps(), times), n);
    };
  }

  /** All samples at every time of the solve. */
  Solved<float[]> trajectories(int n) {
    return switch (options.solver()) {
      case FixedSteps(_, int steps) -> samplesAt(TimeGrid.forward(steps).times(), n);
      case EulerMaruyama sde -> samplesAt(TimeGrid.forward(sde.steps()).times(), n);
      case Adaptive adaptive ->
          throw new AdvectException(
              "%s takes steps of its own for every sample, which make no common trajectory"
                  .formatted(adaptive.name()),
              "name the times to keep, with --times, or use a solver of equal steps");
    };
  }

  private float[] samples(FixedSteps steps, int n) {
    int dim = model().dim();
    float[] samples = ModelProgram.array(n, dim);
    ModelProgram program = on.program(List.of("sample", steps), () -> solve(steps));
    ModelProgram.forEachChunk(
        n,
        dim,
        (first, count) -> {
          program.run(first, count, n, options.seed());
          program.collect(X, samples, first, dim);
        });
    return model().normalizer().undo(samples, dim);
  }

  private FlowModel model() {
    return on.model();
  }

  private Graph solve(FixedSteps steps) {
    var g = new Trace();
    Solution solution =
        Solve.forward(steps).from(List.of(noise(g, model())), velocity(model(), new Parameters(g)));
    return Graph.of("sample", Map.of(X, solution.state().getFirst()), solution.loop());
  }

  /**
   * Takes the steps one at a time, with the arithmetic of the loop in {@link #samples}, so that on
   * the same times they are the same states.
   */
  private Solved<float[]> stepByStep(FixedSteps solver, TimeGrid grid, int n) {
    ModelProgram program = on.program(List.of("step", solver.method()), () -> step(solver));
    float[] states = stepByStep(program, solver.steps(), grid, n);
    return new Solved<>(states, Effort.Fixed.of(solver.method(), grid));
  }

  private Solved<float[]> stepByStep(EulerMaruyama solver, TimeGrid grid, int n) {
    model().flow().requireScore();
    ModelProgram program = on.program(List.of("step", solver.noise()), () -> step(solver));
    float[] states = stepByStep(program, solver.steps(), grid, n);
    return new Solved<>(states, Effort.Fixed.of(Tableau.EULER, grid));
  }

  /** Every step is a run with a counter of its own, by which its draws differ from the others'. */
  private float[] stepByStep(ModelProgram step, int steps, TimeGrid grid, int n) {
    int dim = model().dim();
    float[] all = ModelProgram.array((long) grid.kept().length * n, dim);
    ModelProgram start = on.program(List.of("noise"), this::start);
    ModelProgram.forEachChunk(
        n,
        dim,
        (first, count) -> {
          start.run(first, count, n, options.seed());
          float[] x = start.executable().result(X);
          int kept = keep(grid, 0, 0, x, all, first, n);
          for (int k = 0; k < grid.steps(); k++) {
            step.executable().bind(X, x);
            step.executable().bind(T, AdaptiveRun.times(grid.times()[k], count));
            step.executable().set(H, new float[] {step(steps, grid, k)});
            step.run(first, count, n, options.seed(), k + 1);
            x = step.executable().result(X);
            kept = keep(grid, k + 1, kept, x, all, first, n);
          }
        });
    return model().normalizer().undo(all, dim);
  }

  private Graph start() {
    var g = new Trace();
    return Graph.of("noise", Map.of(X, noise(g, model())));
  }

  /** Keeps the states of a time that was asked for; answers how many have been kept. */
  private int keep(TimeGrid grid, int at, int kept, float[] x, float[] all, int first, int n) {
    if (kept == grid.kept().length || grid.kept()[kept] != at) {
      return kept;
    }
    System.arraycopy(x, 0, all, (kept * n + first) * model().dim(), x.length);
    return kept + 1;
  }

  /** 1/N where that is the step, and not the difference of two rounded times. */
  private static float step(int steps, TimeGrid grid, int k) {
    double whole = 1.0 / steps;
    double h = grid.times()[k + 1] - grid.times()[k];
    return (float) (Math.abs(h - whole) < 1e-12 ? whole : h);
  }

  private Graph step(FixedSteps solver) {
    var g = new Trace();
    Value x = g.input(X, ValueType.sample(model().dim()));
    Value t = g.input(T, ValueType.sample());
    Value h = g.input(H, ValueType.shared());
    Dynamics f = velocity(model(), new Parameters(g));
    return Graph.of("step", Map.of(X, solver.method().step(f, List.of(x), t, h).getFirst()));
  }

  /** x + h (v - k E[eps|x]) + sqrt(2 k sigma h) z, where k = e_t / sigma_t. */
  private Graph step(EulerMaruyama solver) {
    var g = new Trace();
    Value x = g.input(X, ValueType.sample(model().dim()));
    Value t = g.input(T, ValueType.sample());
    Value h = g.input(H, ValueType.shared());
    Schedule schedule = model().flow().schedule();
    Value v = model().velocity(new Parameters(g), x, t);
    Value eps = schedule.convert(Prediction.VELOCITY, Prediction.NOISE, v, x, t);
    Value sigma = schedule.sigma(t);
    Value k = sigma.over(h.times(2)).min(solver.noise());
    Value z = g.normal(Purpose.SDE_NOISE, model().dim());
    Value drift = v.minus(k.times(eps));
    Value diffusion = k.times(sigma).times(h).times(2).sqrt();
    return Graph.of("step", Map.of(X, x.plus(drift.times(h)).plus(diffusion.times(z))));
  }

  private Solved<float[]> adaptive(Adaptive solver, int n, double[] times) {
    int dim = model().dim();
    float[] samples = ModelProgram.array((long) times.length * n, dim);
    var run = new AdaptiveRun(on, solver, Direction.FORWARD, new Moving(model()));
    Effort effort =
        run.run(
            n,
            dim,
            options.seed(),
            times,
            (_, _, _) -> {},
            (time, first, carried) -> {
              float[] x = carried.get(AdaptiveStep.state(0));
              System.arraycopy(x, 0, samples, (time * n + first) * dim, x.length);
            });
    return new Solved<>(model().normalizer().undo(samples, dim), effort);
  }

  /** From the noise, with the velocity. */
  private record Moving(FlowModel model) implements Motion {
    @Override
    public List<Value> start(Trace g) {
      return List.of(noise(g, model));
    }

    @Override
    public SequencedMap<String, Value> kept(Trace g) {
      return new LinkedHashMap<>();
    }

    @Override
    public Dynamics dynamics(Trace g, Map<String, Value> kept) {
      return velocity(model, new Parameters(g));
    }
  }

  static Dynamics velocity(FlowModel model, Parameters parameters) {
    return (state, t) -> List.of(model.velocity(parameters, state.getFirst(), t));
  }
}
