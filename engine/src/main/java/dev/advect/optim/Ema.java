package dev.advect.optim;

import dev.advect.graph.Value;

/**
 * An exponential moving average of the parameters, warmed up: after n updates the decay is
 * min(decay, (1 + n) / (10 + n)), so that early, bad parameters are forgotten soon.
 *
 * @param decay how much of the average is kept in the long run
 */
public record Ema(double decay) {
  /** Checks the decay. */
  public Ema {
    Ranges.beta("the decay of the average", decay);
  }

  /** The decay at update n, counted from 1. */
  public double decay(long n) {
    return Math.min(decay, (1.0 + n) / (10.0 + n));
  }

  /**
   * The average after an update.
   *
   * @param average before
   * @param w the parameter's new value, of the same type
   * @param n shared[], the number of the update, from 1
   */
  public Value update(Value average, Value w, Value n) {
    Value keep = n.plus(1).over(n.plus(10)).min(decay);
    return w.plus(average.minus(w).times(keep));
  }
}
