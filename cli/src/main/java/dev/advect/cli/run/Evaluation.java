package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.data.DataSet;
import dev.advect.data.Table;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.metric.Estimate;
import dev.advect.metric.MaximumMeanDiscrepancy;
import dev.advect.metric.SlicedWasserstein;
import dev.advect.metric.Wasserstein;
import dev.advect.nn.Condition;
import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How good a model is.
 *
 * @param w2 the exact 2-Wasserstein distance between samples and data
 * @param sliced its mean over lines
 * @param discrepancy the squared maximum mean discrepancy
 * @param energy E of the integral of |v|^2 along a sample's way, in model space
 * @param transport W2^2 between noise and data in model space; where an estimate of it means
 *     something
 * @param likelihood what the data cost in nats
 */
public record Evaluation(
    Distance w2,
    Distance sliced,
    Distance discrepancy,
    Estimate energy,
    Optional<Estimate> transport,
    Likelihood likelihood) {
  /** In more dimensions the bias of W2^2 between a few thousand points drowns what it is. */
  private static final int TRANSPORT_DIM = 16;

  /** In more dimensions the exact divergence is too dear. */
  private static final int EXACT_DIM = 64;

  private static final int PROBES = 4;

  /**
   * A distance.
   *
   * @param model between samples and data
   * @param floor between two sets of the data, if there are enough
   */
  public record Distance(Estimate model, Optional<Estimate> floor) {}

  /**
   * The negative log-likelihood of the reference rows, in nats.
   *
   * @param rows how many
   * @param model of the model
   * @param oracle of the law itself, on the same rows: no model can be better on average
   * @param excess of the model over the oracle, row by row
   * @param divergence how it was computed
   */
  public record Likelihood(
      int rows,
      Estimate model,
      Optional<Estimate> oracle,
      Optional<Estimate> excess,
      Divergence divergence) {}

  /**
   * The normalised path energy |E - W2^2| / W2^2 (Tong et al. 2024, arXiv 2302.00482): 0 for the
   * straight ways of optimal transport between noise and data.
   */
  public Optional<Double> normalizedPathEnergy() {
    return transport.map(t -> Math.abs(energy.mean() - t.mean()) / t.mean());
  }

  /**
   * Samples the model and compares.
   *
   * @param given the model under the conditions of some rows
   * @param draws how many sets of samples to draw
   */
  public static Evaluation of(
      Backend backend,
      Function<Table, FlowModel> given,
      ReferenceSets sets,
      Solver solver,
      int draws,
      long seed) {
    var drawn = new ArrayList<FlowModel.EnergySamples>();
    var reference = new ArrayList<float[]>();
    for (int d = 0; d < draws; d++) {
      Table rows = sets.reference().get(d % sets.reference().size());
      FlowModel model = given.apply(rows);
      var options = new SamplingOptions(solver, seed + d);
      var samples = model.sampleWithEnergy(backend, options, rows.rows());
      requireFinite(samples.samples(), model.dim());
      drawn.add(samples);
      reference.add(continuous(model, rows, seed));
    }
    FlowModel model = given.apply(sets.reference().getFirst());
    int dim = model.dim();
    List<float[]> others = sets.others().stream().map(t -> continuous(model, t, seed + 1)).toList();
    Measure measure = new Measure(drawn, reference, others);
    return new Evaluation(
        measure.distance((x, y) -> Wasserstein.distance(x, y, dim)),
        measure.distance(
            (x, y) -> SlicedWasserstein.distance(x, y, dim, SlicedWasserstein.PROJECTIONS, seed)),
        measure.distance((x, y) -> MaximumMeanDiscrepancy.squared(x, y, dim)),
        energy(drawn),
        transport(model, reference, seed),
        likelihood(backend, given, sets, solver, seed));
  }

  @FunctionalInterface
  private interface Metric {
    double between(float[] x, float[] y);
  }

  /** Samples, the rows they are compared with, and others. */
  private record Measure(
      List<FlowModel.EnergySamples> drawn, List<float[]> reference, List<float[]> others) {
    Distance distance(Metric metric) {
      Estimate model =
          estimate(drawn.size(), d -> metric.between(drawn.get(d).samples(), reference.get(d)));
      Optional<Estimate> floor =
          others.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  estimate(
                      others.size(),
                      d -> metric.between(others.get(d), reference.get(d % reference.size()))));
      return new Distance(model, floor);
    }
  }

  /** Each value is computed by itself, so the threads that do it change nothing. */
  private static Estimate estimate(int draws, IntToDoubleFunction value) {
    return Estimate.of(IntStream.range(0, draws).parallel().mapToDouble(value).toArray());
  }

  /** Discrete rows as the model sees them: at a random place of their cells. */
  private static float[] continuous(FlowModel model, Table rows, long seed) {
    return model
        .dequantization()
        .map(d -> d.apply(rows.values(), rows.columns(), seed))
        .orElse(rows.values());
  }

  private static void requireFinite(float[] samples, int dim) {
    long bad =
        IntStream.range(0, samples.length / dim)
            .filter(
                row ->
                    !IntStream.range(row * dim, (row + 1) * dim)
                        .allMatch(i -> Float.isFinite(samples[i])))
            .count();
    if (bad > 0) {
      throw new AdvectException(
          "%d of %d samples are not finite: the solve diverged"
              .formatted(bad, samples.length / dim),
          "take more --steps, or another --solver");
    }
  }

  private static Estimate energy(List<FlowModel.EnergySamples> drawn) {
    return Estimate.of(
        drawn.stream()
            .flatMapToDouble(
                s -> IntStream.range(0, s.energy().length).mapToDouble(i -> s.energy()[i]))
            .toArray());
  }

  private static Optional<Estimate> transport(FlowModel model, List<float[]> reference, long seed) {
    int dim = model.dim();
    if (dim > TRANSPORT_DIM || !(model.condition() instanceof Condition.None)) {
      return Optional.empty();
    }
    float std = (float) model.flow().baseStd();
    return Optional.of(
        estimate(
            reference.size(),
            d -> {
              float[] data = model.normalizer().apply(reference.get(d), dim);
              float[] noise =
                  Draws.normal(seed, Purpose.REFERENCE_SOURCE, d, data.length / dim, dim);
              for (int i = 0; i < noise.length; i++) {
                noise[i] *= std;
              }
              return Wasserstein.squared(noise, data, dim);
            }));
  }

  private static Likelihood likelihood(
      Backend backend,
      Function<Table, FlowModel> given,
      ReferenceSets sets,
      Solver solver,
      long seed) {
    int dim = sets.reference().getFirst().columns();
    Divergence divergence = dim <= EXACT_DIM ? Divergence.exact() : Divergence.hutchinson(PROBES);
    double[] model = {};
    double[] oracle = {};
    Optional<ToDoubleFunction<double[]>> logDensity = density(given, sets);
    for (Table rows : sets.reference()) {
      FlowModel conditioned = given.apply(rows);
      float[] values = continuous(conditioned, rows, seed);
      Scores scores = conditioned.logLikelihood(backend, values, solver, divergence, seed);
      model = DoubleStream.concat(DoubleStream.of(model), negative(scores)).toArray();
      if (logDensity.isPresent()) {
        oracle =
            DoubleStream.concat(DoubleStream.of(oracle), negative(rows, logDensity.get()))
                .toArray();
      }
    }
    double[] nats = model;
    double[] least = oracle;
    Optional<double[]> known = logDensity.map(_ -> least);
    return new Likelihood(
        nats.length,
        Estimate.of(nats),
        known.map(Estimate::of),
        known.map(
            o ->
                Estimate.of(
                    IntStream.range(0, o.length).mapToDouble(i -> nats[i] - o[i]).toArray())),
        divergence);
  }

  /** The law's own density, where it is one of the rows as they are and not given a condition. */
  private static Optional<ToDoubleFunction<double[]>> density(
      Function<Table, FlowModel> given, ReferenceSets sets) {
    FlowModel model = given.apply(sets.reference().getFirst());
    DataSet source = sets.source();
    boolean plain = model.condition() instanceof Condition.None && model.dequantization().isEmpty();
    return source.logDensity().filter(_ -> plain);
  }

  private static DoubleStream negative(Scores scores) {
    return DoubleStream.of(scores.logDensity()).map(l -> -l);
  }

  private static DoubleStream negative(Table rows, ToDoubleFunction<double[]> logDensity) {
    return IntStream.range(0, rows.rows())
        .mapToDouble(
            row -> {
              double[] x = new double[rows.columns()];
              for (int c = 0; c < x.length; c++) {
                x[c] = rows.at(row, c);
              }
              return -logDensity.applyAsDouble(x);
            });
  }
}
