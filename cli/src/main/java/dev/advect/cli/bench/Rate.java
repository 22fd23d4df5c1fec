package dev.advect.cli.bench;

import java.util.Arrays;

/** How often something can be done. */
final class Rate {
  private static final int LEAST_RUNS = 2;

  private Rate() {}

  /**
   * Runs a second, by the median of the times that some runs take, after one that is not counted.
   *
   * @param seconds how long to go on; at least two runs are timed
   */
  static double of(Runnable run, double seconds) {
    run.run();
    double[] times = new double[16];
    int runs = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end || runs < LEAST_RUNS) {
      if (runs == times.length) {
        times = Arrays.copyOf(times, 2 * runs);
      }
      long start = System.nanoTime();
      run.run();
      times[runs++] = System.nanoTime() - start;
    }
    Arrays.sort(times, 0, runs);
    return 1e9 / times[runs / 2];
  }
}
