package dev.advect.train;

import dev.advect.nn.Parameters;

/** What a training minimises, and the flow that comes out of it. */
public sealed interface Objective permits FlowMatching, MaximumLikelihood {
  /** What is learned. */
  Flow flow();

  /**
   * The loss of one sample of the batch.
   *
   * @param parameters where the field's weights come from
   * @param rows the training data
   */
  Loss loss(Parameters parameters, TrainingRows rows);
}
