package dev.advect.solve;

import dev.advect.AdvectException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The times of a solve whose steps are the same for every sample.
 *
 * @param times every time, in the order they come: one more than there are steps
 * @param kept the places in {@code times} of those that were asked for
 */
public record TimeGrid(double[] times, int[] kept) {
  /** How far a time may be from k/N to be taken for it. */
  private static final double ON_GRID = 1e-9;

  /** The times k/N from 0 to 1. */
  public static TimeGrid forward(int steps) {
    double[] times = IntStream.rangeClosed(0, steps).mapToDouble(k -> (double) k / steps).toArray();
    return new TimeGrid(times, new int[] {steps});
  }

  /** The times k/N from 1 to 0. */
  public static TimeGrid backward(int steps) {
    double[] times =
        IntStream.rangeClosed(0, steps).mapToDouble(k -> (double) (steps - k) / steps).toArray();
    return new TimeGrid(times, new int[] {steps});
  }

  /**
   * From 0 through the requested times to the last of them. Where all are multiples of 1/N these
   * are the times k/N; otherwise each stretch from one requested time to the next is divided into
   * equal steps of at most 1/N, so that every requested time is hit exactly.
   *
   * @param steps N, how many steps the whole of [0, 1] would have
   * @param requested ascending, in [0, 1]
   */
  public static TimeGrid through(int steps, double[] requested) {
    requireAscending(requested);
    double[] whole = forward(steps).times;
    int[] places = Arrays.stream(requested).mapToInt(t -> (int) Math.round(t * steps)).toArray();
    boolean onGrid =
        IntStream.range(0, requested.length)
            .allMatch(i -> Math.abs(whole[places[i]] - requested[i]) <= ON_GRID);
    if (onGrid) {
      return new TimeGrid(Arrays.copyOf(whole, places[places.length - 1] + 1), places);
    }
    double[] times = {0};
    for (int i = 0; i < requested.length; i++) {
      double from = times[times.length - 1];
      double length = requested[i] - from;
      int parts = (int) Math.ceil(length * steps - ON_GRID);
      int before = times.length;
      times = Arrays.copyOf(times, before + parts);
      for (int k = 1; k <= parts; k++) {
        times[before - 1 + k] = k == parts ? requested[i] : from + length * k / parts;
      }
      places[i] = times.length - 1;
    }
    return new TimeGrid(times, places);
  }

  /**
   * Refuses times that no solve from 0 to 1 passes one after the other.
   *
   * @throws AdvectException that names the time
   */
  public static void requireAscending(double[] requested) {
    if (requested.length == 0) {
      throw new AdvectException("no times were asked for", "name some, such as 0,0.5,1");
    }
    for (int i = 0; i < requested.length; i++) {
      double t = requested[i];
      if (!(t >= 0 && t <= 1)) {
        throw new AdvectException(
            "the time %s is not in [0, 1]".formatted(t), "0 is the noise and 1 the data");
      }
      if (i > 0 && t == requested[i - 1]) {
        throw new AdvectException("the time %s is there twice".formatted(t), "name it once");
      }
      if (i > 0 && t < requested[i - 1]) {
        throw new AdvectException(
            "the time %s comes after %s".formatted(t, requested[i - 1]),
            "name the times in ascending order");
      }
    }
  }

  /** How many steps there are. */
  public int steps() {
    return times.length - 1;
  }
}
