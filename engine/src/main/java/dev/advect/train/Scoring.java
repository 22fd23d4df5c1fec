package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.likelihood.Scores;
import dev.advect.solve.AdaptiveStep;
import dev.advect.solve.Effort;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.solve.Solver.EulerMaruyama;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.solve.TimeGrid;
import dev.advect.train.FlowModel.ScoredSamples;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes log-densities under a model, of data or of samples as they are made. */
record Scoring(CompiledModel on, Divergence divergence) {
  private static final String X = ScoredMotion.DATA;
  private static final String CHANGE = "change";
  private static final String X_END = "x.end";
  private static final String LOG_DENSITY = "logDensity";

  Solved<Scores> score(float[] rows, Solver solver, long seed) {
    float[] mapped = mapped(model(), rows);
    return switch (solver) {
      case FixedSteps steps ->
          new Solved<>(
              score(mapped, steps, seed),
              Effort.Fixed.of(steps.method(), TimeGrid.backward(steps.steps())));
      case Adaptive adaptive -> score(mapped, adaptive, seed);
      case EulerMaruyama sde -> throw noDensity(sde);
    };
  }

  /** Rows in the space of the field. */
  static float[] mapped(FlowModel model, float[] rows) {
    int dim = model.dim();
    if (rows.length == 0 || rows.length % dim != 0) {
      throw new AdvectException(
          "%d numbers are no rows of the model's dimension %d".formatted(rows.length, dim),
          "give data with the columns that the model was trained on");
    }
    return model.normalizer().apply(rows, dim);
  }

  private Scores score(float[] mapped, FixedSteps steps, long seed) {
    int n = mapped.length / model().dim();
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    ModelProgram program =
        on.program(List.of("likelihood", divergence, steps), () -> scoring(steps));
    ModelProgram.forEachChunk(
        n,
        numbersPerSample(),
        (first, count) -> {
          program.executable().bind(X, part(mapped, first, count));
          program.run(first, count, n, seed);
          program.collect(LOG_DENSITY, estimates, first, divergence.estimates());
        });
    return scores(estimates);
  }

  private Solved<Scores> score(float[] mapped, Adaptive solver, long seed) {
    int n = mapped.length / model().dim();
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    var motion = new ScoredMotion(model(), divergence, true);
    var run = new AdaptiveRun(on, solver, Direction.BACKWARD, motion);
    ModelProgram end = on.program(List.of("end", divergence), this::end);
    Effort effort =
        run.run(
            n,
            numbersPerSample(),
            seed,
            new double[] {0},
            (start, first, count) -> start.bind(X, part(mapped, first, count)),
            (_, first, carried) -> {
              float[] x0 = carried.get(AdaptiveStep.state(0));
              end.executable().bind(X, x0);
              end.executable().bind(CHANGE, carried.get(AdaptiveStep.state(1)));
              end.run(first, x0.length / model().dim(), n, seed);
              end.collect(LOG_DENSITY, estimates, first, divergence.estimates());
            });
    return new Solved<>(scores(estimates), effort);
  }

  /** From where a solve ended and what it added up to a log-density. */
  private Graph end() {
    var g = new Trace();
    Value x0 = g.input(X, ValueType.sample(model().dim()));
    Value change = g.input(CHANGE, ValueType.sample(divergence.estimates()));
    return Graph.of("end", Map.of(LOG_DENSITY, likelihood(g).logDensity(x0, change)));
  }

  Solved<ScoredSamples> sample(SamplingOptions options, int n) {
    return switch (options.solver()) {
      case FixedSteps steps ->
          new Solved<>(
              sample(steps, n, options.seed()),
              Effort.Fixed.of(steps.method(), TimeGrid.forward(steps.steps())));
      case Adaptive adaptive -> sample(adaptive, n, options.seed());
      case EulerMaruyama sde -> throw noDensity(sde);
    };
  }

  private static AdvectException noDensity(EulerMaruyama solver) {
    return new AdvectException(
        "no log-density follows from the random way of %s".formatted(solver),
        "score with a solver of the ordinary equation, such as euler");
  }

  private ScoredSamples sample(FixedSteps steps, int n, long seed) {
    int dim = model().dim();
    float[] samples = ModelProgram.array(n, dim);
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    ModelProgram program =
        on.program(List.of("scored sample", divergence, steps), () -> sampling(steps));
    ModelProgram.forEachChunk(
        n,
        numbersPerSample(),
        (first, count) -> {
          program.run(first, count, n, seed);
          program.collect(X_END, samples, first, dim);
          program.collect(LOG_DENSITY, estimates, first, divergence.estimates());
        });
    return new ScoredSamples(model().normalizer().undo(samples, dim), scores(estimates));
  }

  private Solved<ScoredSamples> sample(Adaptive solver, int n, long seed) {
    int dim = model().dim();
    float[] samples = ModelProgram.array(n, dim);
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    var motion = new ScoredMotion(model(), divergence, false);
    Effort effort =
        new AdaptiveRun(on, solver, Direction.FORWARD, motion)
            .run(
                n,
                numbersPerSample(),
                seed,
                new double[] {1},
                (_, _, _) -> {},
                (_, first, carried) -> {
                  put(carried.get(AdaptiveStep.state(0)), samples, first * dim);
                  put(
                      carried.get(AdaptiveStep.state(1)),
                      estimates,
                      first * divergence.estimates());
                });
    float[] rows = model().normalizer().undo(samples, dim);
    return new Solved<>(new ScoredSamples(rows, scores(estimates)), effort);
  }

  private static void put(float[] part, float[] all, int at) {
    System.arraycopy(part, 0, all, at, part.length);
  }

  private float[] part(float[] mapped, int first, int count) {
    return Arrays.copyOfRange(mapped, first * model().dim(), (first + count) * model().dim());
  }

  private Likelihood likelihood(Trace g) {
    return new ScoredMotion(model(), divergence, true).likelihood(g);
  }

  /** The size of a sample's stack of tangents. */
  private int numbersPerSample() {
    return switch (divergence) {
      case Divergence.Exact _ -> Math.multiplyExact(model().dim(), model().dim());
      case Divergence.Hutchinson(int probes) -> Math.multiplyExact(model().dim(), probes);
    };
  }

  /** Means over the estimates, in data space. */
  private Scores scores(float[] estimates) {
    return Scores.of(
        estimates,
        divergence.estimates(),
        divergence instanceof Divergence.Exact,
        -model().normalizer().logScaleSum(model().dim()));
  }

  private Graph scoring(FixedSteps steps) {
    var g = new Trace();
    Value x1 = g.input(X, ValueType.sample(model().dim()));
    return graph("likelihood", likelihood(g).score(x1, steps.method(), steps.steps()), false);
  }

  private Graph sampling(FixedSteps steps) {
    var g = new Trace();
    Value x0 = Sampling.noise(g, model());
    return graph("scored sample", likelihood(g).sample(x0, steps.method(), steps.steps()), true);
  }

  private FlowModel model() {
    return on.model();
  }

  private static Graph graph(String name, Scored scored, boolean withEnd) {
    var results = new LinkedHashMap<>(Map.of(LOG_DENSITY, scored.logDensity()));
    if (withEnd) {
      results.put(X_END, scored.x());
    }
    return Graph.of(name, results, scored.solution().loop());
  }
}
