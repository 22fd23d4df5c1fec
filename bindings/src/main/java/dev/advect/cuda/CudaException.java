package dev.advect.cuda;

import java.util.Objects;

/**
 * A call of a CUDA library that failed: which, with what code, on which device, and what to do.
 *
 * <p>The message is the problem and the remedy, each a sentence.
 */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int code;
  private final String name;
  private final String device;
  private final String problem;
  private final String remedy;

  /**
   * A failed call.
   *
   * @param call the library's function, such as {@code cuMemAlloc_v2}
   * @param code the status that it returned
   * @param name the library's name for that status, such as {@code CUDA_ERROR_OUT_OF_MEMORY}
   * @param device the device that was used, or "" if none was
   * @param problem what went wrong, as a sentence with numbers
   * @param remedy what to do about it, as a sentence
   */
  public CudaException(
      String call, int code, String name, String device, String problem, String remedy) {
    super(problem + " " + remedy);
    this.call = Objects.requireNonNull(call, "call");
    this.code = code;
    this.name = Objects.requireNonNull(name, "name");
    this.device = Objects.requireNonNull(device, "device");
    this.problem = Objects.requireNonNull(problem, "problem");
    this.remedy = Objects.requireNonNull(remedy, "remedy");
  }

  /** The library's function, such as {@code cuMemAlloc_v2}. */
  public String call() {
    return call;
  }

  /** The status that the function returned. */
  public int code() {
    return code;
  }

  /** The library's name for the status, such as {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  public String name() {
    return name;
  }

  /** The device that was used, such as {@code device 0 (NVIDIA L4)}; "" if none was. */
  public String device() {
    return device;
  }

  /** What went wrong, as a sentence with numbers. */
  public String problem() {
    return problem;
  }

  /** What to do about it, as a sentence. */
  public String remedy() {
    return remedy;
  }
}
