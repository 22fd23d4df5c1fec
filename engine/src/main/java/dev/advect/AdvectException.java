package dev.advect;

/**
 * A mistake that a user can mend: what went wrong and where, with numbers, and the remedy.
 *
 * <p>A subclass tells apart what a caller treats in its own way. The command line prints it as a
 * headline, its causes and a hint, never as a stack trace; anything else that is thrown is a bug
 * and keeps its trace.
 */
public class AdvectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  /**
   * @param message what went wrong and where, one sentence with the offending values
   * @param hint what the user can do about it; empty when there is nothing to suggest
   */
  public AdvectException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** As {@link #AdvectException(String, String)}, with the failure underneath. */
  public AdvectException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** The remedy, or an empty string. */
  public String hint() {
    return hint;
  }
}
