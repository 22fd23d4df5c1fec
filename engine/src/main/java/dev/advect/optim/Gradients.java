package dev.advect.optim;

import dev.advect.graph.Value;
import java.util.List;

/** Functions of all gradients of a step together. */
public final class Gradients {
  private Gradients() {}

  /** shared[]: the Euclidean norm of all gradients as one vector. */
  public static Value globalNorm(List<Value> gradients) {
    return gradients.stream().map(g -> g.square().sum()).reduce(Value::plus).orElseThrow().sqrt();
  }

  /**
   * The gradients scaled so that their global norm is at most {@code norm}: by min(1, norm / (norm
   * of the gradients + 1e-6)), as PyTorch does.
   */
  public static List<Value> clipped(List<Value> gradients, double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("gradients are clipped to a positive norm, not " + norm);
    }
    Value found = globalNorm(gradients);
    Value factor = found.trace().constant(norm).over(found.plus(1e-6)).min(1);
    return gradients.stream().map(g -> g.times(factor)).toList();
  }
}
