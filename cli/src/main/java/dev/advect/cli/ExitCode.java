package dev.advect.cli;

/** How a command ended, as the shell sees it. */
public enum ExitCode {
  /** Everything that was asked for was done. */
  DONE(0),
  /** The work failed: a missing file, a full disk, a loss that is no number, a bug. */
  FAILED(1),
  /** The command line or the configuration is wrong; nothing was started. */
  USAGE(2);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the process exits with. */
  public int code() {
    return code;
  }
}
