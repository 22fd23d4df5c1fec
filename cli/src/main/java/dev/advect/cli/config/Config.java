package dev.advect.cli.config;

/**
 * Everything that decides what a training computes: two equal configurations give the same weights.
 *
 * @param data the rows to learn from
 * @param path how a sample moves from noise to data
 * @param coupling which noise goes with which row
 * @param objective what is minimised
 * @param field the velocity field
 * @param optimizer how the weights move
 * @param training how long, in which portions, and what is written when
 * @param sampling what {@code sample} and {@code likelihood} do unless told otherwise
 */
public record Config(
    DataConfig data,
    PathConfig path,
    CouplingConfig coupling,
    Objective objective,
    FieldConfig field,
    OptimizerConfig optimizer,
    TrainingConfig training,
    SamplingConfig sampling) {

  static Config read(Node.Mapping tree) {
    Section root = Section.root(tree);
    DataConfig data = DataConfig.read(root.section("data"));
    PathConfig path = PathConfig.read(root.kindOrSection("path"));
    CouplingConfig coupling = CouplingConfig.read(root.kindOrSection("coupling"));
    Objective objective = root.choice("objective", Objective.FLOW_MATCHING, Objective.PLANNED);
    FieldConfig field = FieldConfig.read(root.section("field"));
    OptimizerConfig optimizer = OptimizerConfig.read(root.section("optimizer"));
    TrainingConfig training = TrainingConfig.read(root.section("training"));
    SamplingConfig sampling = SamplingConfig.read(root.section("sampling"));
    return root.build(
        () -> new Config(data, path, coupling, objective, field, optimizer, training, sampling));
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
