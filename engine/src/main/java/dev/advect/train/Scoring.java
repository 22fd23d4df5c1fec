package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Parameters;
import dev.advect.solve.Effort;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.train.FlowModel.ScoredSamples;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Computes log-densities under a model, of data or of samples as they are made. */
record Scoring(Backend backend, FlowModel model, Divergence divergence) {
  private static final String X = "x";
  private static final String X_END = "x.end";
  private static final String LOG_DENSITY = "logDensity";

  Solved<Scores> score(float[] rows, Solver solver, long seed) {
    return switch (solver) {
      case FixedSteps steps ->
          new Solved<>(score(rows, steps, seed), new Effort.Fixed(steps.evaluations()));
    };
  }

  private Scores score(float[] rows, FixedSteps steps, long seed) {
    int dim = model.dim();
    if (rows.length == 0 || rows.length % dim != 0) {
      throw new AdvectException(
          "%d numbers are no rows of the model's dimension %d".formatted(rows.length, dim),
          "give data with the columns that the model was trained on");
    }
    float[] mapped = model.normalizer().apply(rows, dim);
    int n = rows.length / dim;
    var g = new Trace();
    Value x1 = g.input(X, ValueType.sample(dim));
    Scored scored = likelihood(g).score(x1, steps.method(), steps.steps());
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    try (var program = new ModelProgram(backend, model, graph("likelihood", scored, false))) {
      ModelProgram.forEachChunk(
          n,
          numbersPerSample(),
          (first, count) -> {
            program
                .executable()
                .bind(X, Arrays.copyOfRange(mapped, first * dim, (first + count) * dim));
            program.run(first, count, n, seed);
            program.collect(LOG_DENSITY, estimates, first, divergence.estimates());
          });
    }
    return scores(estimates);
  }

  Solved<ScoredSamples> sample(SamplingOptions options, int n) {
    return switch (options.solver()) {
      case FixedSteps steps ->
          new Solved<>(sample(steps, n, options.seed()), new Effort.Fixed(steps.evaluations()));
    };
  }

  private ScoredSamples sample(FixedSteps steps, int n, long seed) {
    int dim = model.dim();
    var g = new Trace();
    Scored scored = likelihood(g).sample(Sampling.noise(g, model), steps.method(), steps.steps());
    float[] samples = ModelProgram.array(n, dim);
    float[] estimates = ModelProgram.array(n, divergence.estimates());
    try (var program = new ModelProgram(backend, model, graph("scored sample", scored, true))) {
      ModelProgram.forEachChunk(
          n,
          numbersPerSample(),
          (first, count) -> {
            program.run(first, count, n, seed);
            program.collect(X_END, samples, first, dim);
            program.collect(LOG_DENSITY, estimates, first, divergence.estimates());
          });
    }
    return new ScoredSamples(model.normalizer().undo(samples, dim), scores(estimates));
  }

  private Likelihood likelihood(Trace g) {
    var parameters = new Parameters(g);
    return new Likelihood(
        (x, t) -> model.velocity(parameters, x, t), divergence, model.flow().baseStd());
  }

  /** The size of a sample's stack of tangents. */
  private int numbersPerSample() {
    return switch (divergence) {
      case Divergence.Exact _ -> Math.multiplyExact(model.dim(), model.dim());
      case Divergence.Hutchinson(int probes) -> Math.multiplyExact(model.dim(), probes);
    };
  }

  /** Means over the estimates, in data space. */
  private Scores scores(float[] estimates) {
    return Scores.of(
        estimates,
        divergence.estimates(),
        divergence instanceof Divergence.Exact,
        -model.normalizer().logScaleSum(model.dim()));
  }

  private static Graph graph(String name, Scored scored, boolean withEnd) {
    var results = new LinkedHashMap<>(Map.of(LOG_DENSITY, scored.logDensity()));
    if (withEnd) {
      results.put(X_END, scored.x());
    }
    return Graph.of(name, results, scored.solution().loop());
  }
}
