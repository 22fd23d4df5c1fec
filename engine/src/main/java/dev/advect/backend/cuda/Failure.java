package dev.advect.backend.cuda;

import dev.advect.AdvectException;
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

  static RuntimeException translated(RuntimeException e) {
    return e instanceof CudaException cuda
        ? new AdvectException(cuda.problem(), cuda.remedy(), cuda)
        : e;
  }
}
