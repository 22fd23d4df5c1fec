package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.data.ImageShape;
import dev.advect.data.Normalizer;
import dev.advect.graph.Value;
import dev.advect.likelihood.Dequantization;
import dev.advect.likelihood.Scores;
import dev.advect.likelihood.VolumeChange;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.type.ValueType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A trained model: a flow with its weights, and how its space relates to that of the data.
 *
 * @param flow what moves points from noise to data
 * @param weights the field's parameters by name, row-major
 * @param normalizer from data space to the space of the field
 * @param image the shape of a row, if rows are images
 * @param conditioning how a conditional field was trained
 * @param dequantization how discrete data were made continuous, if they were; samples stay so: a
 *     sample between two levels stands for the lower one
 * @param given the conditions that it samples and scores under; not kept in files
 * @param seed the seed of the training
 * @param step how many steps it was trained for
 */
public record FlowModel(
    Flow flow,
    SequencedMap<String, float[]> weights,
    Normalizer normalizer,
    Optional<ImageShape> image,
    Conditioning conditioning,
    Optional<Dequantization> dequantization,
    Optional<Conditions> given,
    long seed,
    long step) {

  /**
   * Samples and their log-densities.
   *
   * @param samples row by row, in data space
   * @param scores one log-density a row, in nats, in data space
   */
  public record ScoredSamples(float[] samples, Scores scores) {}

  /**
   * Samples and the energy of their ways.
   *
   * @param samples row by row, in data space
   * @param energy of each sample the integral of |v(x_t, t)|^2 from t = 0 to 1, in model space
   */
  public record EnergySamples(float[] samples, float[] energy) {}

  /** Checks that the weights are those of the field. */
  public FlowModel {
    weights = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(weights));
    SequencedMap<String, ValueType> needed = Parameters.types(flow.field());
    if (!needed.keySet().equals(weights.keySet())) {
      throw new IllegalArgumentException(
          "the field has the parameters %s, not %s".formatted(needed.keySet(), weights.keySet()));
    }
    weights.forEach(
        (name, values) -> {
          if (needed.get(name).size() != values.length) {
            throw new IllegalArgumentException(
                "%s : %s has %d numbers".formatted(name, needed.get(name), values.length));
          }
        });
    if (image.isPresent() && image.get().pixels() != flow.dim()) {
      throw new IllegalArgumentException(
          "a field of dimension %d does not make images of %s".formatted(flow.dim(), image.get()));
    }
  }

  /** A model of continuous data without conditions. */
  public FlowModel(
      Flow flow,
      SequencedMap<String, float[]> weights,
      Normalizer normalizer,
      Optional<ImageShape> image,
      long seed,
      long step) {
    this(
        flow,
        weights,
        normalizer,
        image,
        Conditioning.none(),
        Optional.empty(),
        Optional.empty(),
        seed,
        step);
  }

  /** The dimension of a row. */
  public int dim() {
    return flow.dim();
  }

  /** The network. */
  public Field field() {
    return flow.field();
  }

  /** What the network is conditioned on. */
  public Condition condition() {
    return field().condition();
  }

  /** How many numbers the weights are. */
  public long parameterCount() {
    return weights.values().stream().mapToLong(values -> values.length).sum();
  }

  /** The same model run on the schedule of another path: see {@link Flow#on}. */
  public FlowModel on(GaussianPath other) {
    return new FlowModel(
        flow.on(other),
        weights,
        normalizer,
        image,
        conditioning,
        dequantization,
        given,
        seed,
        step);
  }

  /** The same for data that are mapped to the space of the field by a normaliser. */
  public FlowModel withNormalizer(Normalizer normalizer) {
    return new FlowModel(
        flow, weights, normalizer, image, conditioning, dequantization, given, seed, step);
  }

  /** The same for rows that are images. */
  public FlowModel withImage(ImageShape image) {
    return new FlowModel(
        flow,
        weights,
        normalizer,
        Optional.of(image),
        conditioning,
        dequantization,
        given,
        seed,
        step);
  }

  /** The same for a field that was trained with conditions like this. */
  public FlowModel with(Conditioning conditioning) {
    return new FlowModel(
        flow, weights, normalizer, image, conditioning, dequantization, given, seed, step);
  }

  /** The same for discrete data that were made continuous like this. */
  public FlowModel with(Dequantization dequantization) {
    return new FlowModel(
        flow,
        weights,
        normalizer,
        image,
        conditioning,
        Optional.of(dequantization),
        given,
        seed,
        step);
  }

  /**
   * The model under conditions, p(x | c): what it samples and scores are rows under these.
   *
   * @param conditions one for all rows, or one for each that is sampled or scored
   * @throws dev.advect.AdvectException if they are no conditions of the model, or guide a field
   *     that was never trained without a condition
   */
  public FlowModel given(Conditions conditions) {
    conditions.requireFit(condition(), conditioning);
    return new FlowModel(
        flow,
        weights,
        normalizer,
        image,
        conditioning,
        dequantization,
        Optional.of(conditions),
        seed,
        step);
  }

  /**
   * The velocity that moves samples: under the given conditions, which a {@link ModelProgram}
   * binds, or without a condition.
   *
   * @throws dev.advect.AdvectException if the field cannot do without a condition and none is given
   */
  Value velocity(Parameters parameters, Value x, Value t) {
    if (given.isPresent()) {
      ValueType type = ValueType.sample(condition().columns());
      Value c = parameters.trace().input(ModelProgram.CONDITION, type);
      double w = given.get().guidance();
      return flow.guided(parameters, x, t, condition().features(c), w);
    }
    if (!(condition() instanceof Condition.None) && conditioning.dropout() == 0) {
      throw new AdvectException(
          "the model needs a condition: it was never trained without one",
          "give one, or train with training.conditionDropout, for example 0.1");
    }
    return flow.velocity(parameters, x, t);
  }

  /**
   * The model on a device, for who asks it more than once: the methods below compile what they need
   * and let go of it, this keeps it.
   */
  public CompiledModel compile(Backend backend) {
    return new CompiledModel(backend, this);
  }

  /**
   * The velocity at points, in model space and without a condition.
   *
   * @param points row by row
   * @param t the time, from 0 (noise) to 1 (data)
   */
  public float[] velocityAt(Backend backend, float[] points, double t) {
    try (var compiled = compile(backend)) {
      return compiled.velocityAt(points, t);
    }
  }

  /**
   * The score, the gradient of log p_t, at points, in model space and without a condition.
   *
   * @param points row by row
   * @param t the time, from 0 (noise) to 1 (data)
   * @throws dev.advect.AdvectException if the model's velocity does not determine it
   */
  public float[] scoreAt(Backend backend, float[] points, double t) {
    try (var compiled = compile(backend)) {
      return compiled.scoreAt(points, t);
    }
  }

  /**
   * Draws samples.
   *
   * @return {@code n * dim} numbers, row by row, in data space
   */
  public float[] sample(Backend backend, SamplingOptions options, int n) {
    return draw(backend, options, n).result();
  }

  /** As {@link #sample}, and what the solve took. */
  public Solved<float[]> draw(Backend backend, SamplingOptions options, int n) {
    try (var compiled = compile(backend)) {
      return compiled.draw(options, n);
    }
  }

  /**
   * Draws samples and keeps the way they came, step by step.
   *
   * @return {@code (steps + 1) * n * dim} numbers, in data space: all samples at time 0, then all
   *     after the first step, and so on
   */
  public float[] sampleTrajectory(Backend backend, SamplingOptions options, int n) {
    return drawTrajectory(backend, options, n).result();
  }

  /**
   * Draws samples and keeps them at some times on their way from noise to data.
   *
   * @param times ascending, in [0, 1]; the solve ends at the last. A solver of equal steps divides
   *     the stretch from one time to the next into equal steps of at most 1/N where they are not
   *     multiples of 1/N
   * @return {@code times * n * dim} numbers, in data space: all samples at the first time, then all
   *     at the second, and so on
   */
  public Solved<float[]> drawAt(Backend backend, SamplingOptions options, int n, double... times) {
    try (var compiled = compile(backend)) {
      return compiled.drawAt(options, n, times);
    }
  }

  /** As {@link #sampleTrajectory}, and what the solve took. */
  public Solved<float[]> drawTrajectory(Backend backend, SamplingOptions options, int n) {
    try (var compiled = compile(backend)) {
      return compiled.drawTrajectory(options, n);
    }
  }

  /**
   * Draws samples together with the energy of their ways, integrated by the same steps.
   *
   * <p>The mean energy is at least W2^2 between the laws at both ends (Benamou and Brenier 2000),
   * with equality for the flow of optimal transport: how much more it is measures how crooked the
   * ways are.
   */
  public EnergySamples sampleWithEnergy(Backend backend, SamplingOptions options, int n) {
    try (var compiled = compile(backend)) {
      return compiled.sampleWithEnergy(options, n);
    }
  }

  /** Draws samples together with their log-densities, from one solve. */
  public ScoredSamples sampleWithLikelihood(
      Backend backend, SamplingOptions options, int n, VolumeChange change) {
    return drawWithLikelihood(backend, options, n, change).result();
  }

  /** As {@link #sampleWithLikelihood}, and what the solve took. */
  public Solved<ScoredSamples> drawWithLikelihood(
      Backend backend, SamplingOptions options, int n, VolumeChange change) {
    try (var compiled = compile(backend)) {
      return compiled.drawWithLikelihood(options, n, change);
    }
  }

  /**
   * The log-densities of rows, by solving from the data back to the noise.
   *
   * @param rows row by row, in data space
   * @param solver how to solve
   * @param change by a divergence, exact or estimated with probes; or exactly for the sampler of
   *     Euler steps
   * @param seed the seed of the probes
   * @return nats, in data space
   */
  public Scores logLikelihood(
      Backend backend, float[] rows, Solver solver, VolumeChange change, long seed) {
    return score(backend, rows, solver, change, seed).result();
  }

  /** As {@link #logLikelihood}, and what the solve took. */
  public Solved<Scores> score(
      Backend backend, float[] rows, Solver solver, VolumeChange change, long seed) {
    try (var compiled = compile(backend)) {
      return compiled.score(rows, solver, change, seed);
    }
  }

  /**
   * Writes the model as safetensors that PyTorch can open.
   *
   * @param extraMetadata more entries for its metadata, for example the configuration
   */
  public void save(Path file, Map<String, String> extraMetadata) {
    ModelFile.save(this, file, extraMetadata);
  }

  /**
   * Reads a model whose field is of a kind the engine knows.
   *
   * @throws dev.advect.AdvectException if the file is broken, or of an unknown format or kind
   */
  public static FlowModel load(Path file) {
    return load(file, Field::fromJson);
  }

  /**
   * Reads a model.
   *
   * @param fields makes a field from what its {@link Field#json()} wrote
   */
  public static FlowModel load(Path file, Function<String, Field> fields) {
    return load(file, fields, GaussianPath::fromJson);
  }

  /**
   * Reads a model of a path of one's own.
   *
   * @param fields makes a field from what its {@link Field#json()} wrote
   * @param paths makes a path from what its {@link GaussianPath#json()} wrote
   */
  public static FlowModel load(
      Path file, Function<String, Field> fields, Function<String, GaussianPath> paths) {
    return ModelFile.load(file, fields, paths);
  }
}
