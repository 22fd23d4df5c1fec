package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Value;

/**
 * The times at which a path's velocity is finite, and a field is trained: [0, 1] or a little less.
 *
 * @param first the earliest, at least 0 (noise)
 * @param last the latest, at most 1 (data)
 */
public record TimeInterval(double first, double last) {
  /** How much of the time is left out where a velocity grows without bound: one thousandth. */
  static final double MARGIN = 1e-3;

  /** Checks that the interval lies in [0, 1]. */
  public TimeInterval {
    if (!(first >= 0 && first < last && last <= 1)) {
      throw new AdvectException(
          "the times from %s to %s are no interval in [0, 1]".formatted(first, last),
          "time runs from 0 (noise) to 1 (data)");
    }
  }

  /** From noise to data. */
  public static TimeInterval whole() {
    return new TimeInterval(0, 1);
  }

  /** What this and another have in common. */
  TimeInterval and(TimeInterval other) {
    return new TimeInterval(Math.max(first, other.first), Math.min(last, other.last));
  }

  /** A number of [0, 1] mapped into the interval. */
  public Value map(Value u) {
    return u.times(last - first).plus(first);
  }

  /** The time of the interval that is closest to t. */
  public Value clamp(Value t) {
    return t.max(first).min(last);
  }
}
