package dev.advect.verify;

/** Means and variances of several figures over draws, with their standard errors. */
final class Statistics {
  private final double[] first;
  private final double[] second;
  private final double[] third;
  private final double[] fourth;
  private int count;

  Statistics(int figures) {
    first = new double[figures];
    second = new double[figures];
    third = new double[figures];
    fourth = new double[figures];
  }

  /** One draw of every figure. */
  void add(double... figures) {
    count++;
    for (int k = 0; k < figures.length; k++) {
      double square = figures[k] * figures[k];
      first[k] += figures[k];
      second[k] += square;
      third[k] += square * figures[k];
      fourth[k] += square * square;
    }
  }

  double mean(int k) {
    return first[k] / count;
  }

  double variance(int k) {
    return (second[k] - first[k] * mean(k)) / (count - 1);
  }

  /** The standard error of the mean. */
  double meanError(int k) {
    return Math.sqrt(variance(k) / count);
  }

  /** The standard error of the variance, sqrt((mu_4 - s^4) / n). */
  double varianceError(int k) {
    double m = mean(k);
    double central =
        fourth[k] / count
            - 4 * m * third[k] / count
            + 6 * m * m * second[k] / count
            - 3 * m * m * m * m;
    return Math.sqrt((central - variance(k) * variance(k)) / count);
  }
}
