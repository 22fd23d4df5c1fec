package dev.advect.backend.cuda;

import dev.advect.graph.Value;
import java.util.List;

/**
 * The work that computes one value.
 *
 * @param work it, in its order
 * @param value what it computes; null if it only copies
 * @param address where the value lies
 */
record DeviceStep(List<Work> work, Value value, long address) {
  /** Copies the list. */
  DeviceStep {
    work = List.copyOf(work);
  }
}
