package dev.advect.backend.cpu;

/**
 * Decides when a piece of code on vectors takes over from its twin on plain floats.
 *
 * <p>Both compute the same bits, so it is only a matter of speed. Until the just-in-time compiler
 * has compiled it as a whole, code on vectors is a hundred times slower than when it has, since
 * every vector is an object; code on plain floats is fast from the start. So little work stays on
 * plain floats, and more lets some calls go to the vectors, not more than a share of its time,
 * until they turn out to be faster. Used by several workers at once: a count that is lost does no
 * harm.
 */
final class Heat {
  /** Nanoseconds on plain floats before the first call goes to the vectors. */
  private static final long GRACE = 20_000_000;

  private final Warmth warmth;
  private long plainTime;
  private long vectorTime;

  /** Nanoseconds for each unit of work, of the last calls. */
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
    return vectorTime < plainTime - GRACE && warmth.isEnough();
  }

  /**
   * Takes note of a call on plain floats.
   *
   * @param start when it began, by the nanosecond clock
   * @param work how much it did
   */
  void plain(long start, long work) {
    long time = System.nanoTime() - start;
    plainTime += time;
    plainCost = blend(plainCost, time / (double) work);
  }

  /** Takes note of a call on vectors. */
  void vectors(long start, long work) {
    long time = System.nanoTime() - start;
    vectorTime += time;
    vectorCost = blend(vectorCost, time / (double) work);
    hot = vectorCost < plainCost;
  }

  private static double blend(double old, double now) {
    return old == Double.POSITIVE_INFINITY ? now : 0.75 * old + 0.25 * now;
  }
}
