package dev.advect.cli;

import dev.advect.AdvectException;

/** A command line or a configuration that makes no sense; ends the command with exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  /**
   * @param message what is wrong and where, one sentence with the offending value
   * @param hint the remedy; empty when there is nothing to suggest
   */
  public UsageException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** What the engine says about a value that came from the command line or a configuration. */
  public UsageException(String where, AdvectException problem) {
    super(where + problem.getMessage(), problem.getCause());
    this.hint = problem.hint();
  }

  /** The remedy, or an empty string. */
  public String hint() {
    return hint;
  }
}
