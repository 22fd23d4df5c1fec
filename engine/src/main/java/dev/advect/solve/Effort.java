package dev.advect.solve;

import java.util.Arrays;

/** What a solve took. */
public sealed interface Effort {
  /**
   * Of steps that were the same for every sample.
   *
   * @param evaluations how often each sample evaluated the velocity
   * @param times the times of the steps, from the first to the last
   */
  record Fixed(long evaluations, double[] times) implements Effort {
    /** Of a solve over a grid. */
    public static Fixed of(Tableau method, TimeGrid grid) {
      return new Fixed((long) grid.steps() * method.stages(), grid.times());
    }

    @Override
    public double meanEvaluations() {
      return evaluations;
    }
  }

  /**
   * Of steps that follow the error, each sample with its own.
   *
   * @param accepted the steps that were taken, one number a sample
   * @param rejected the steps that were tried in vain, one number a sample
   * @param evaluations how often each sample evaluated the velocity
   * @param largestError the largest error norm of an accepted step; 1 is the tolerance
   * @param times the times of the first sample, from the first to the last
   */
  record Adaptive(
      int[] accepted, int[] rejected, int[] evaluations, double largestError, double[] times)
      implements Effort {
    @Override
    public double meanEvaluations() {
      return Arrays.stream(evaluations).average().orElse(0);
    }
  }

  /**
   * Of steps that were undone by iteration, each sample with as many evaluations as it needed.
   *
   * @param evaluations how often each sample evaluated the velocity
   * @param times the times of the steps
   */
  record Iterated(int[] evaluations, double[] times) implements Effort {
    @Override
    public double meanEvaluations() {
      return Arrays.stream(evaluations).average().orElse(0);
    }
  }

  /**
   * The smallest, the middle and the largest of some counts.
   *
   * @param min the smallest
   * @param median the middle one, the lower of two
   * @param max the largest
   */
  record Spread(int min, int median, int max) {
    /** Of at least one count. */
    public static Spread of(int[] counts) {
      int[] sorted = counts.clone();
      Arrays.sort(sorted);
      return new Spread(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
    }
  }

  /** How often a sample evaluated the velocity, as a mean over the samples. */
  double meanEvaluations();

  /** The times of the solve; the first sample's where each had its own. */
  double[] times();
}
