package dev.advect.likelihood;

/**
 * Log-densities of rows, and how well they are known.
 *
 * @param logDensity one a row, in nats
 * @param standardError one a row: the standard error of Hutchinson's mean over its probes; 0 for an
 *     exact divergence, NaN if there was a single probe
 */
public record Scores(double[] logDensity, double[] standardError) {
  /** Checks the lengths. */
  public Scores {
    if (logDensity.length != standardError.length) {
      throw new IllegalArgumentException(
          "%d log-densities with %d errors".formatted(logDensity.length, standardError.length));
    }
  }

  /**
   * The mean over estimates of each row, and its standard error.
   *
   * @param estimates {@code rows * count} log-densities, row by row
   * @param count how many estimates each row has
   * @param exact whether the estimates have no error
   * @param shift what to add to every log-density
   */
  public static Scores of(float[] estimates, int count, boolean exact, double shift) {
    int rows = estimates.length / count;
    double[] mean = new double[rows];
    double[] error = new double[rows];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int k = 0; k < count; k++) {
        sum += estimates[row * count + k];
      }
      double average = sum / count;
      double squares = 0;
      for (int k = 0; k < count; k++) {
        double difference = estimates[row * count + k] - average;
        squares += difference * difference;
      }
      mean[row] = average + shift;
      error[row] = exact ? 0 : Math.sqrt(squares / (count - 1) / count);
    }
    return new Scores(mean, error);
  }

  /** How many rows there are. */
  public int rows() {
    return logDensity.length;
  }

  /** The mean negative log-likelihood of the rows, in nats. */
  public double meanNegativeLogLikelihood() {
    double sum = 0;
    for (double l : logDensity) {
      sum -= l;
    }
    return sum / rows();
  }

  /** The standard error of that mean, from the spread over the rows. */
  public double standardErrorOfMean() {
    double mean = -meanNegativeLogLikelihood();
    double squares = 0;
    for (double l : logDensity) {
      squares += (l - mean) * (l - mean);
    }
    return Math.sqrt(squares / (rows() - 1.0) / rows());
  }
}
