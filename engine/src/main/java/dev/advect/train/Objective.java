package dev.advect.train;

import dev.advect.graph.Value;
import dev.advect.nn.Parameters;

/** What a training minimises, and the flow that comes out of it. */
public sealed interface Objective permits FlowMatching {
  /** What is learned. */
  Flow flow();

  /**
   * The loss, per sample and as a mean over dimensions.
   *
   * @param parameters where the field's weights come from
   * @param rows the training data
   * @return sample[]
   */
  Value loss(Parameters parameters, TrainingRows rows);
}
