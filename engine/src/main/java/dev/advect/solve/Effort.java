package dev.advect.solve;

/** What a solve took. */
public sealed interface Effort {
  /**
   * Of equal steps: every sample took the same.
   *
   * @param evaluations how often each sample evaluated the velocity
   */
  record Fixed(long evaluations) implements Effort {
    @Override
    public double meanEvaluations() {
      return evaluations;
    }
  }

  /** How often a sample evaluated the velocity, as a mean over the samples. */
  double meanEvaluations();
}
