package dev.advect.backend.cpu;

/**
 * How far a backend's code is compiled: whether there is work enough that getting code on vectors
 * compiled pays, and whether the just-in-time compiler is at it.
 *
 * <p>It takes the compiler a good second of one core, in which code on plain floats does some
 * billions of operations: who asks for less is served sooner without. Used by several workers at
 * once: a count that is lost does no harm.
 */
final class Warmth {
  /** Operations that are worth it: a second or two on plain floats. */
  private static final double ENOUGH = 4e9;

  /** Nanoseconds of much work in which the compiler surely has much to do. */
  private static final long START = 1_500_000_000;

  /**
   * Afterwards it has as long as calls of code that is not compiled take this share of the time.
   */
  private static final double COLD_SHARE = 0.25;

  /** Nanoseconds over which that is seen. */
  private static final long WINDOW = 4_000_000;

  /** Nanoseconds after which it has to manage without. */
  private static final long MOST = 4_000_000_000L;

  private volatile double work;
  private volatile long coldTime;
  private volatile long begin;
  private volatile long windowBegin;
  private volatile long coldBefore;
  private volatile boolean watched; // from the first of much work on, until it is long ago
  private volatile boolean warming;

  /** Takes note of operations that are to come. */
  void expect(double operations) {
    boolean enough = isEnough();
    work += operations;
    if (!enough && isEnough()) {
      begin = System.nanoTime();
      windowBegin = begin;
      warming = true;
      watched = true;
    }
  }

  boolean isEnough() {
    return work >= ENOUGH;
  }

  /** Takes note of nanoseconds that a call took on plain floats, or on vectors for trial. */
  void cold(long time) {
    coldTime += time;
  }

  /** Whether the compiler has so much to do that it should not wait for a processor. */
  boolean isWarming() {
    if (!watched) {
      return false;
    }
    long now = System.nanoTime();
    long passed = now - windowBegin;
    if (passed > WINDOW) {
      long cold = coldTime;
      long since = now - begin;
      watched = since < MOST;
      warming = since < START || watched && cold - coldBefore > COLD_SHARE * passed;
      coldBefore = cold;
      windowBegin = now;
    }
    return warming;
  }
}
