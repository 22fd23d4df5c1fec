package dev.advect.acceptance;

import dev.advect.cuda.Device;
import dev.advect.cuda.Event;
import dev.advect.cuda.Stream;
import java.util.Arrays;

/**
 * How long work on a stream takes, by the device's own clock.
 *
 * @param device where it runs
 * @param stream where it is queued
 * @param roundSeconds work is repeated until a round takes so long; 0 for one single run
 */
record Stopwatch(Device device, Stream stream, double roundSeconds) {
  private static final int ROUNDS = 5;
  private static final int MOST = 10_000;

  /** Seconds that a run takes: the median of five rounds, once it is warm. */
  double seconds(Runnable work) {
    work.run();
    double once = round(work, 1);
    if (roundSeconds == 0) {
      return once;
    }
    int repeats = (int) Math.clamp(Math.ceil(roundSeconds / Math.max(once, 1e-7)), 1, MOST);
    round(work, repeats);
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      rounds[i] = round(work, repeats);
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  private double round(Runnable work, int repeats) {
    try (Event begin = device.timedEvent();
        Event end = device.timedEvent()) {
      stream.record(begin);
      for (int i = 0; i < repeats; i++) {
        work.run();
      }
      stream.record(end);
      end.synchronize();
      return end.millisecondsSince(begin) / 1e3 / repeats;
    }
  }
}
