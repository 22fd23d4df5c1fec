package dev.advect.train;

import dev.advect.solve.Tableau;

/**
 * How samples are made.
 *
 * @param solver the Runge-Kutta method
 * @param steps how many steps from noise to data
 * @param seed the seed of the noise: sample i of a seed is the same however many are asked for
 */
public record SamplingOptions(Tableau solver, int steps, long seed) {
  /** Checks the number of steps. */
  public SamplingOptions {
    if (steps < 1 || steps > 1 << 24) {
      throw new IllegalArgumentException("sampling takes 1 to 2^24 steps, not " + steps);
    }
  }

  /** 100 Euler steps, seed 0. */
  public static SamplingOptions standard() {
    return new SamplingOptions(Tableau.EULER, 100, 0);
  }
}
