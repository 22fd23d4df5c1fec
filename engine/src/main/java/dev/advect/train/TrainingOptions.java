package dev.advect.train;

import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;

/**
 * How a field is trained.
 *
 * @param steps how many steps the training has; the schedule is relative to it
 * @param batch samples a step
 * @param emaDecay the decay of the parameters' moving average; 0 for none
 * @param seed the seed of initial weights and of all draws
 * @param optimizer the method
 * @param learningRate its step size, before the schedule
 * @param schedule the factor of the learning rate at each step
 * @param clip the largest norm of all gradients together; 0 for no clipping
 */
public record TrainingOptions(
    long steps,
    int batch,
    double emaDecay,
    long seed,
    Optimizer optimizer,
    double learningRate,
    Schedule schedule,
    double clip) {
  /** Checks the ranges. */
  public TrainingOptions {
    if (steps < 1 || steps > 1 << 24) {
      throw new IllegalArgumentException("a training has 1 to 2^24 steps, not " + steps);
    }
    if (batch < 1) {
      throw new IllegalArgumentException("a batch has at least 1 sample, not " + batch);
    }
    if (!(emaDecay >= 0 && emaDecay < 1)) {
      throw new IllegalArgumentException("emaDecay must be from 0 to below 1, not " + emaDecay);
    }
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the learning rate must be positive and finite, not " + learningRate);
    }
    if (!(clip >= 0 && clip < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("clip must be finite and not negative, not " + clip);
    }
  }

  /** 20000 steps of 256 samples with Adam at 1e-3, clipped to norm 1, averaged with 0.999. */
  public static TrainingOptions standard() {
    return new TrainingOptions(
        20_000, 256, 0.999, 0, Optimizer.Adam.standard(), 1e-3, new Schedule.Constant(), 1);
  }

  /** The same with another number of steps. */
  public TrainingOptions withSteps(long steps) {
    return new TrainingOptions(
        steps, batch, emaDecay, seed, optimizer, learningRate, schedule, clip);
  }

  /** The same with another batch. */
  public TrainingOptions withBatch(int batch) {
    return new TrainingOptions(
        steps, batch, emaDecay, seed, optimizer, learningRate, schedule, clip);
  }

  /** The same with another seed. */
  public TrainingOptions withSeed(long seed) {
    return new TrainingOptions(
        steps, batch, emaDecay, seed, optimizer, learningRate, schedule, clip);
  }

  /** The learning rate of a step, counted from 0. */
  public double learningRate(long step) {
    return learningRate * schedule.at(step, steps);
  }
}
