package dev.advect.cli.config;

import dev.advect.nn.Activation;
import dev.advect.path.Prediction;
import java.util.Optional;

/**
 * Everything that decides what a training computes: two equal configurations give the same weights.
 *
 * @param data the rows to learn from
 * @param path how a sample moves from noise to data; absent for the objective likelihood
 * @param coupling which noise goes with which row; absent for the objective likelihood
 * @param objective what is minimised
 * @param field the velocity field
 * @param optimizer how the weights move
 * @param training how long, in which portions, and what is written when
 * @param sampling what {@code sample} and {@code likelihood} do unless told otherwise
 */
public record Config(
    DataConfig data,
    Optional<PathConfig> path,
    Optional<CouplingConfig> coupling,
    ObjectiveConfig objective,
    FieldConfig field,
    OptimizerConfig optimizer,
    TrainingConfig training,
    SamplingConfig sampling) {

  /** Refuses a field whose divergence cannot be learned. */
  public Config {
    boolean trainsDivergence = objective.kind() == ObjectiveConfig.Kind.LIKELIHOOD;
    if (trainsDivergence && field.activation() == Activation.RELU) {
      throw new InvalidValue(
          "field",
          "has the activation relu, whose second derivative is 0: a likelihood cannot train it",
          "use a smooth one: tanh, softplus, silu or gelu");
    }
    if (trainsDivergence && field.predict() != Prediction.VELOCITY) {
      throw new InvalidValue(
          "field",
          "predicts %s, but the objective likelihood trains a velocity"
              .formatted(Labels.of(field.predict())),
          "leave field.predict out, or use the objective flow-matching");
    }
  }

  static Config read(Node.Mapping tree) {
    Section root = Section.root(tree);
    DataConfig data = DataConfig.read(root.section("data"));
    PathConfig path = PathConfig.read(root.kindOrSection("path"));
    CouplingConfig coupling = CouplingConfig.read(root.kindOrSection("coupling"), path);
    ObjectiveConfig objective = ObjectiveConfig.read(root.kindOrSection("objective"));
    FieldConfig field = FieldConfig.read(root.section("field"));
    OptimizerConfig optimizer = OptimizerConfig.read(root.section("optimizer"));
    Section trainingSection = root.section("training");
    TrainingConfig training = TrainingConfig.read(trainingSection);
    trainingSection.checked(() -> training.checkedFor(data));
    trainingSection.checked(() -> coupling.requireBatch(training.batch()));
    SamplingConfig sampling = SamplingConfig.read(root.section("sampling"));
    boolean matches = objective.kind() == ObjectiveConfig.Kind.FLOW_MATCHING;
    return root.build(
        () ->
            new Config(
                data,
                Optional.of(path).filter(_ -> matches),
                Optional.of(coupling).filter(_ -> matches),
                objective,
                field,
                optimizer,
                training,
                sampling));
  }

  /** The same with another number of training steps. */
  public Config withSteps(long steps) {
    return new Config(
        data, path, coupling, objective, field, optimizer, training.withSteps(steps), sampling);
  }

  /** The same with the data named differently, for paths that must not depend on a folder. */
  Config withData(DataConfig data) {
    return new Config(data, path, coupling, objective, field, optimizer, training, sampling);
  }
}
