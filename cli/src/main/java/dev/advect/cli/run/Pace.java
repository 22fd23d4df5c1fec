package dev.advect.cli.run;

/**
 * How many steps to do before looking up: so many as take about a fifth of a second, so that a
 * progress bar moves and Ctrl-C is heard, and a device is not interrupted more often than needed.
 */
final class Pace {
  private static final double SECONDS = 0.2;
  private static final int MOST = 1 << 12;

  private int steps = 1;

  int steps() {
    return steps;
  }

  void observe(int done, double seconds) {
    double fitting = seconds > 0 ? SECONDS * done / seconds : MOST;
    steps = (int) Math.clamp(fitting, 1, Math.min(MOST, 2.0 * done));
  }
}
