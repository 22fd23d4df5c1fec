package dev.advect.train;

import dev.advect.solve.Solver;

/**
 * How samples are made.
 *
 * @param solver how they are moved from noise to data
 * @param seed the seed of the noise: sample i of a seed is the same however many are asked for
 */
public record SamplingOptions(Solver solver, long seed) {
  /** 100 Euler steps, seed 0. */
  public static SamplingOptions standard() {
    return new SamplingOptions(Solver.euler(100), 0);
  }
}
