package dev.advect.cli.config;

import java.util.Set;

/**
 * How the weights move.
 *
 * @param kind the method
 * @param learningRate the largest step size
 * @param weightDecay how strongly weights are pulled to 0
 * @param clip the largest norm of all gradients together; 0 for no limit
 * @param schedule how the learning rate changes during the training
 * @param warmup steps over which {@code schedule: warmup} rises
 * @param momentum what {@code sgd} keeps of its last direction
 */
public record OptimizerConfig(
    Kind kind,
    double learningRate,
    double weightDecay,
    double clip,
    Schedule schedule,
    long warmup,
    double momentum) {
  /** A method. */
  public enum Kind {
    ADAM,
    ADAMW,
    ADAMAX,
    SGD
  }

  /** How the learning rate changes. */
  public enum Schedule {
    /** Not at all. */
    CONSTANT,
    /** From the learning rate to 0 along half a cosine. */
    COSINE,
    /** Linearly up to the learning rate, then constant. */
    WARMUP
  }

  /** Checks the ranges. */
  public OptimizerConfig {
    Check.positive("learningRate", learningRate);
    Check.notNegative("weightDecay", weightDecay);
    Check.notNegative("clip", clip);
    Check.atLeast("warmup", warmup, 1);
    Check.fraction("momentum", momentum);
  }

  static OptimizerConfig read(Section section) {
    Kind kind = section.choice("kind", Kind.ADAM, Set.of());
    double learningRate = section.number("learningRate", 1e-3);
    double weightDecay = section.number("weightDecay", 0);
    double clip = section.number("clip", 1);
    Schedule schedule = section.choice("schedule", Schedule.CONSTANT, Set.of());
    long warmup = section.whole("warmup", 500);
    double momentum = section.number("momentum", 0.9);
    return section.build(
        () ->
            new OptimizerConfig(kind, learningRate, weightDecay, clip, schedule, warmup, momentum));
  }
}
