package dev.advect.train;

import dev.advect.file.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Everything a training needs to go on, bit for bit, as if it had never stopped.
 *
 * @param step how many steps are done
 * @param seed the seed of the training
 * @param tensors weights, moving averages and the optimizer's memory, by the names of {@link
 *     TrainingStep}
 */
public record TrainingState(long step, long seed, SequencedMap<String, Tensor> tensors) {
  /** Copies the map. */
  public TrainingState {
    if (step < 0) {
      throw new IllegalArgumentException("a training has done 0 or more steps, not " + step);
    }
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }
}
