package dev.advect.cli.config;

/**
 * How long to train, in which portions, and what is written when.
 *
 * @param steps weight updates in all
 * @param batch samples an update
 * @param ema decay of the moving average of the weights; 0 for none
 * @param seed of every draw
 * @param reportEvery steps between two lines of metrics
 * @param checkpointEvery steps between two checkpoints; of those within a second the last is
 *     written
 * @param time how t is drawn
 * @param conditionDropout the share of samples that train without their condition, which guidance
 *     needs
 */
public record TrainingConfig(
    long steps,
    int batch,
    double ema,
    long seed,
    long reportEvery,
    long checkpointEvery,
    TimeConfig time,
    double conditionDropout) {
  /** The most steps of one training: step numbers stay exact in float32. */
  private static final long MAX_STEPS = 1 << 24;

  private static final int MAX_BATCH = 1 << 24;

  /** Checks the ranges. */
  public TrainingConfig {
    Check.atLeast("steps", steps, 1);
    Check.atMost("steps", steps, MAX_STEPS);
    Check.atLeast("batch", batch, 1);
    Check.fraction("ema", ema);
    Check.atLeast("seed", seed, 0);
    Check.atLeast("reportEvery", reportEvery, 1);
    Check.atLeast("checkpointEvery", checkpointEvery, 1);
    Check.fraction("conditionDropout", conditionDropout);
  }

  static TrainingConfig read(Section section) {
    long steps = section.whole("steps", 20_000);
    long batch = section.whole("batch", 256);
    double ema = section.number("ema", 0.999);
    long seed = section.whole("seed", 0);
    long reportEvery = section.whole("reportEvery", 100);
    long checkpointEvery = section.whole("checkpointEvery", 1000);
    TimeConfig time = TimeConfig.read(section.kindOrSection("time"));
    double conditionDropout = section.number("conditionDropout", 0);
    return section.build(
        () -> {
          Check.atMost("batch", batch, MAX_BATCH);
          return new TrainingConfig(
              steps, (int) batch, ema, seed, reportEvery, checkpointEvery, time, conditionDropout);
        });
  }

  /** Refuses to leave out conditions that there are none of. */
  TrainingConfig checkedFor(DataConfig data) {
    if (conditionDropout > 0 && data.condition().isEmpty()) {
      throw new InvalidValue(
          "conditionDropout",
          "leaves out conditions, and there are none",
          "add data.condition, for example data: {name: digits, condition: label}");
    }
    return this;
  }

  /** The same with more or fewer steps. */
  public TrainingConfig withSteps(long steps) {
    return new TrainingConfig(
        steps, batch, ema, seed, reportEvery, checkpointEvery, time, conditionDropout);
  }
}
