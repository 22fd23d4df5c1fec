package dev.advect.metric;

/**
 * A mean and how well it is known.
 *
 * @param mean of the values
 * @param standardError of the mean, from the spread of the values; NaN for a single value
 */
public record Estimate(double mean, double standardError) {
  /** The mean of independent values. */
  public static Estimate of(double... values) {
    int n = values.length;
    double mean = 0;
    for (double v : values) {
      mean += v / n;
    }
    double squares = 0;
    for (double v : values) {
      squares += (v - mean) * (v - mean);
    }
    return new Estimate(mean, Math.sqrt(squares / (n - 1.0) / n));
  }
}
