package dev.advect.backend;

/** Whether a backend can run on this machine. */
public sealed interface Availability {
  /** It can. */
  record Ready(String description) implements Availability {}

  /** It cannot: why not, and what would make it ready. */
  record Missing(String reason, String remedy) implements Availability {}
}
