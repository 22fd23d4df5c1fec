package dev.advect.coupling;

/** The ranges of what couplings are told. */
final class Weights {
  private Weights() {}

  static void requireConditionWeight(double weight) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "conditionWeight must be finite and not negative, not " + weight);
    }
  }
}
