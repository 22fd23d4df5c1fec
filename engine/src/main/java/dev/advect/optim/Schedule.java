package dev.advect.optim;

import dev.advect.AdvectException;

/** How the learning rate changes: a factor of it for every step. */
public sealed interface Schedule {
  /**
   * The factor of the learning rate.
   *
   * @param step the step about to be done, from 0
   * @param total how many steps the training has
   */
  double at(long step, long total);

  /** Always 1. */
  record Constant() implements Schedule {
    @Override
    public double at(long step, long total) {
      return 1;
    }
  }

  /**
   * Linear from 1/steps to 1 over the first steps, then 1.
   *
   * @param steps how long it rises
   */
  record Warmup(long steps) implements Schedule {
    /** Checks the number of steps. */
    public Warmup {
      if (steps < 1) {
        throw new IllegalArgumentException("a warm-up has at least 1 step, not " + steps);
      }
    }

    @Override
    public double at(long step, long total) {
      return Math.min(1, (step + 1.0) / steps);
    }
  }

  /** Half a cosine from 1 at step 0 to 0 at the end (Loshchilov and Hutter 2017). */
  record Cosine() implements Schedule {
    @Override
    public double at(long step, long total) {
      return 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(1, (double) step / total)));
    }
  }

  /** The schedule of a configuration's name; {@code warmup} takes 500 steps. */
  static Schedule of(String name) {
    return switch (name) {
      case "constant" -> new Constant();
      case "cosine" -> new Cosine();
      case "warmup" -> new Warmup(500);
      default ->
          throw new AdvectException(
              "there is no schedule '%s'".formatted(name), "use constant, cosine or warmup");
    };
  }
}
