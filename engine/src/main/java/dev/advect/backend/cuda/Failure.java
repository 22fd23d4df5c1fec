package dev.advect.backend.cuda;

import dev.advect.backend.DeviceFailure;
import dev.advect.cuda.CudaException;
import java.util.function.Supplier;

/** Failures of CUDA in the words of the engine: what went wrong, and what a person can do. */
final class Failure {
  private Failure() {}

  /** Does something whose failures are translated. */
  static <T> T translate(Supplier<T> action) {
    try {
      return action.get();
    } catch (CudaException e) {
      throw translated(e);
    }
  }

  /** A failure in the engine's words. */
  static DeviceFailure translated(CudaException e) {
    return new DeviceFailure(e.problem(), e.remedy(), e);
  }

  /** Does all of it, even if some fails: each gives something back. The first failure is thrown. */
  static void all(Iterable<Runnable> actions) {
    RuntimeException first = null;
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
