package dev.advect.path;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.path.Schedule.Coefficients;
import dev.advect.type.ValueType;
import java.util.function.BinaryOperator;

/**
 * A flow learnt on one schedule, run on another (Lipman et al. 2024, arXiv 2412.06264, section 4.6;
 * Karras et al. 2022, arXiv 2206.00364).
 *
 * <p>At the time t_r where the old schedule has the signal-to-noise ratio that the new one has at
 * r, the points of the two differ by a factor only: y_r = s_r x_t with s_r = alpha_r/alpha_t =
 * sigma_r/sigma_t. So
 *
 * <pre>
 *   dy/dr = (s'/s) y + s t' v(y/s, t)     with t' = Delta_r / (Delta_t s^2)
 * </pre>
 *
 * <p>Where the new ratio lies outside of those the old schedule reaches (it may begin with some
 * signal, or end with some noise), the time stands still at its end, and the point is only scaled:
 * like the signal at the end, so that samples come out as the old schedule leaves them, and like
 * the noise at the beginning.
 *
 * @param from the schedule of the velocity
 * @param to the schedule that is run
 */
public record ScheduleChange(Schedule from, Schedule to) {
  /** Ratios this close to the end of what the old schedule reaches are inside. */
  private static final double TOLERANCE = 1e-6;

  /**
   * How a point of the new schedule relates to one of the old.
   *
   * @param t sample[], the old time
   * @param scale sample[], s: the new point over the old
   * @param tRate sample[], dt/dr
   * @param growth sample[], (ds/dr) / s
   */
  private record Relation(Value t, Value scale, Value tRate, Value growth) {}

  /**
   * The velocity on the new schedule.
   *
   * @param velocity v(x, t) on the old one
   * @param y sample[dim]
   * @param r sample[], the time of the new schedule
   * @return sample[dim]
   */
  public Value velocity(BinaryOperator<Value> velocity, Value y, Value r) {
    Relation at = relation(r);
    Value x = y.over(at.scale);
    Value moved = velocity.apply(x, at.t).times(at.scale.times(at.tRate));
    return y.times(at.growth).plus(moved);
  }

  private Relation relation(Value r) {
    Coefficients fresh = to.at(to.path().times().clamp(r));
    Value t = from.time(fresh.alpha(), fresh.sigma());
    Coefficients old = from.at(t);
    Value late = fresh.sigma().less(fresh.alpha());
    Value scale = late.select(fresh.alpha().over(old.alpha()), fresh.sigma().over(old.sigma()));
    Value rate = fresh.delta().over(old.delta().times(scale.square()));
    Value tRate = reached(fresh).select(rate, r.trace().zeros(ValueType.sample()));
    Value growth =
        late.select(
            growth(fresh.alphaRate(), fresh.alpha(), old.alphaRate(), old.alpha(), tRate),
            growth(fresh.sigmaRate(), fresh.sigma(), old.sigmaRate(), old.sigma(), tRate));
    return new Relation(t, scale, tRate, growth);
  }

  /** d/dr ln(fresh/old). */
  private static Value growth(Value freshRate, Value fresh, Value oldRate, Value old, Value tRate) {
    return freshRate.over(fresh).minus(oldRate.over(old).times(tRate));
  }

  /** 1 where the old schedule reaches the new one's signal-to-noise ratio, else 0. */
  private Value reached(Coefficients fresh) {
    Trace g = fresh.alpha().trace();
    TimeInterval times = from.path().times();
    Value first = g.constant((float) times.first(), ValueType.sample());
    Value last = g.constant((float) times.last(), ValueType.sample());
    Value below = excess(from.alpha(first), from.sigma(first), fresh);
    Value above = excess(from.alpha(last), from.sigma(last), fresh);
    return below.less(g.constant(TOLERANCE)).times(g.constant(-TOLERANCE).less(above));
  }

  /** Positive where alpha/sigma is above that of the new schedule. */
  private static Value excess(Value alpha, Value sigma, Coefficients fresh) {
    return alpha.times(fresh.sigma()).minus(sigma.times(fresh.alpha()));
  }
}
