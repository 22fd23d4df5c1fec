package dev.advect.cli.bench;

import java.util.Arrays;

/**
 * How often something can be done in a second.
 *
 * @param usual by the median of the times it takes, of which the machine's interruptions are no
 *     part as long as most runs have none
 * @param mean by all the time it takes, interruptions included
 */
record Rate(double usual, double mean) {
  private static final int LEAST_RUNS = 2;

  /**
   * Measures, after a run that is not counted.
   *
   * @param seconds how long to go on; at least two runs are timed
   */
  static Rate of(Runnable run, double seconds) {
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
    double total = Arrays.stream(times, 0, runs).sum();
    Arrays.sort(times, 0, runs);
    return new Rate(1e9 / times[runs / 2], 1e9 * runs / total);
  }
}
