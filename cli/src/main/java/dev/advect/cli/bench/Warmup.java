package dev.advect.cli.bench;

/**
 * Runs something until its speed has settled, since a program starts on plain loops and becomes
 * faster as the just-in-time compiler gets hold of it.
 *
 * @param window seconds over which a speed is taken; a run that takes longer is a window of its own
 * @param most seconds after which no further window begins; 0 for no warm-up at all
 */
public record Warmup(double window, double most) {
  /** A rate that is higher than this many times those before is still rising. */
  private static final double RISE = 1.05;

  /**
   * So many windows in a row must not be faster than the best before. While code is compiled some
   * are slower, and on a busy machine the compiler itself has to wait, so that fewer prove nothing.
   */
  private static final int SETTLED_WINDOWS = 4;

  /** Checks the ranges. */
  public Warmup {
    if (!(window >= 0 && most >= 0 && Double.isFinite(window) && Double.isFinite(most))) {
      throw new IllegalArgumentException(
          "a warm-up of at most %s s by %s s".formatted(most, window));
    }
  }

  /** Windows of half a second, for at most ten seconds. */
  public static Warmup standard() {
    return new Warmup(0.5, 10);
  }

  /** Not a single run. */
  public static Warmup none() {
    return new Warmup(0, 0);
  }

  /** Warms. */
  void warm(Runnable run) {
    long begin = System.nanoTime();
    double best = 0;
    int settled = 0;
    while (settled < SETTLED_WINDOWS && secondsSince(begin) < most) {
      double rate = windowed(run);
      settled = rate > RISE * best ? 0 : settled + 1;
      best = Math.max(best, rate);
    }
  }

  private double windowed(Runnable run) {
    long start = System.nanoTime();
    int runs = 0;
    do {
      run.run();
      runs++;
    } while (secondsSince(start) < window);
    return runs / secondsSince(start);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
