package dev.advect.cli;

import java.io.IOException;

/**
 * The reader of stdout has gone, as {@code head} does: nothing is left to do, and nothing failed.
 */
final class ClosedPipe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedPipe(IOException cause) {
    super(cause);
  }
}
