package dev.advect.backend.cpu;

/**
 * Decides when a piece of code on vectors takes over from its twin on plain floats.
 *
 * <p>Both compute the same bits, so it is only a matter of speed. Until the just-in-time compiler
 * has compiled it as a whole, code on vectors is a hundred times slower than when it has, since
 * every vector is an object; code on plain floats is fast from the start. So little work stays on
 * plain floats, and more lets some calls go to the vectors, for half of its time, until they turn
 * out to be faster. Used by several workers at once: a count that is lost does no harm.
 */
final class Heat {
  /** Nanoseconds on plain floats before the first call goes to the vectors. */
  private static final long GRACE = 5_000_000;

  /** How much a cost may rise from call to call. */
  private static final double RISE = 1.05;

  private final Warmth warmth;
  private long plainTime;
  private long vectorTime;

  /** Nanoseconds for each unit of work, the least of the last calls. */
  private double plainCost = Double.POSITIVE_INFINITY;

  private double vectorCost = Double.POSITIVE_INFINITY;
  private volatile boolean hot;

  /** Of code that is run for the work that a warmth knows of. */
  Heat(Warmth warmth) {
    this.warmth = warmth;
  }

  /** Whether every call should go to the vectors from now on. */
  boolean isHot() {
    return hot;
  }

  /** Whether the next call should go to the vectors while they are not hot. */
  boolean triesVectors() {
    return plainTime > GRACE && vectorTime < plainTime && warmth.isEnough();
  }

  /**
   * Takes note of a call.
   *
   * @param vectors whether it was on vectors
   * @param start when it began, by the nanosecond clock
   * @param work how much it did
   */
  void took(boolean vectors, long start, long work) {
    long time = System.nanoTime() - start;
    double cost = time / (double) work;
    warmth.cold(time);
    if (vectors) {
      vectorTime += time;
      vectorCost = least(vectorCost, cost);
      hot = vectorCost < plainCost;
    } else {
      plainTime += time;
      plainCost = least(plainCost, cost);
    }
  }

  /** Rises slowly, since a call that was interrupted says nothing, and falls at once. */
  private static double least(double before, double now) {
    return Math.min(now, RISE * before);
  }
}
