package dev.advect.program;

/** What elementwise work is grouped into one step. */
public enum Fusion {
  /** None: every operation is a step of its own. */
  NONE,
  /**
   * Elementwise operations and copies over the same features, for which a thread a number is
   * enough.
   */
  MAPS,
  /** Those and the sums of what they make, for which a thread runs over all features or samples. */
  LOOPS
}
