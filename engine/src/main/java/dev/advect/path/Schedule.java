package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Topology;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;

/**
 * A path that is affine in its ends, seen as x_t = alpha_t x1 + sigma_t eps with standard normal
 * eps: what it makes of independent data and noise.
 *
 * <p>If the mean is alpha x1 + beta x0, then sigma = std where x0 is not used, sigma = beta where
 * std is 0, and otherwise sigma = sqrt(beta^2 + std^2), the two noises being added. The velocity,
 * the denoised data, the noise and the score at a point then determine each other (Kingma et al.
 * 2021, arXiv 2107.00630; Lipman et al. 2024, arXiv 2412.06264, table 1). With a dot for d/dt and
 * Delta = alpha' sigma - alpha sigma',
 *
 * <pre>
 *   v  = (sigma'/sigma) x + (Delta/sigma) x1     v   = (alpha'/alpha) x - (Delta/alpha) eps
 *   x1 = (sigma v - sigma' x) / Delta            eps = (alpha' x - alpha v) / Delta
 *   s  = -eps / sigma
 * </pre>
 *
 * Some of these are singular at t = 0, where alpha = 0, or at t = 1, where sigma = 0. Conversions
 * therefore take their coefficients at a time at least {@link #DELTA} away from both ends, and
 * within the times of the path.
 *
 * @param path a path whose mean is linear in x0 and x1
 */
public record Schedule(GaussianPath path) {
  /** How far conversions stay away from t = 0 and t = 1. */
  public static final double DELTA = 1e-3;

  /** Halvings of the search for a time: to 1e-12. */
  private static final int HALVINGS = 40;

  /**
   * The coefficients at a time, and their derivatives by it: sample[] each.
   *
   * @param alpha the factor of the data
   * @param sigma the factor of the noise
   * @param alphaRate d alpha / dt
   * @param sigmaRate d sigma / dt
   */
  public record Coefficients(Value alpha, Value sigma, Value alphaRate, Value sigmaRate) {
    /** alpha' sigma - alpha sigma', which is positive where the signal grows beside the noise. */
    public Value delta() {
      return alphaRate.times(sigma).minus(alpha.times(sigmaRate));
    }
  }

  /** Checks that the path is linear in its ends. */
  public Schedule {
    if (!isLinear(path)) {
      throw new AdvectException(
          "the mean of the path %s is not linear in x0 and x1, so it has no alpha and sigma"
              .formatted(path.json()),
          "predict the velocity, which needs neither, and sample along it");
    }
  }

  /** The schedule of a path. */
  public static Schedule of(GaussianPath path) {
    return new Schedule(path);
  }

  /** Whether the derivative by the ends does not mention them, and nothing is left without them. */
  private static boolean isLinear(GaussianPath path) {
    var g = new Trace();
    Value t = g.input("t", ValueType.sample());
    ValueType point = ValueType.sample(1);
    Value x0 = g.input("x0", point);
    Value x1 = g.input("x1", point);
    List<Value> ends = List.of(x0, x1);
    List<Value> moves = List.of(g.input("dx0", point), g.input("dx1", point));
    List<Value> slope = Autodiff.jvp(List.of(path.mean(t, x0, x1)), ends, moves);
    return Topology.order(slope).stream().noneMatch(ends::contains)
        && path.mean(t, g.zeros(point), g.zeros(point)).is(0);
  }

  // ------------------------------------------------------------------ coefficients

  /** alpha, sigma and their derivatives at t: sample[]. */
  public Coefficients at(Value t) {
    Value alpha = alpha(t);
    Value sigma = sigma(t);
    Value dt = t.trace().ones(t.type());
    List<Value> rates = Autodiff.jvp(List.of(alpha, sigma), List.of(t), List.of(dt));
    return new Coefficients(alpha, sigma, rates.getFirst(), rates.getLast());
  }

  /** alpha_t, the factor of the data: sample[]. */
  public Value alpha(Value t) {
    return mean(t, 0, 1);
  }

  /** sigma_t, the factor of the noise: sample[]. */
  public Value sigma(Value t) {
    Value std = path.std(t).spread();
    Value beta = mean(t, 1, 0);
    if (beta.is(0)) {
      return std;
    }
    return std.is(0) ? beta : beta.square().plus(std.square()).sqrt();
  }

  /** Whether the path has noise of its own beside its source. */
  public boolean addsNoise() {
    return !path.std(new Trace().input("t", ValueType.sample())).spread().is(0);
  }

  private Value mean(Value t, float x0, float x1) {
    Trace g = t.trace();
    ValueType point = ValueType.sample(1);
    return path.mean(t, g.constant(x0, point), g.constant(x1, point)).reshape().spread();
  }

  /**
   * The noise that a point of the path was made with: sigma eps = beta x0 + std eps'.
   *
   * @param t sample[]
   * @param x0 sample[dim], the source
   * @param eps sample[dim], the noise of the path
   * @return sample[dim], standard normal
   */
  public Value noise(Value t, Value x0, Value eps) {
    Value std = path.std(t).spread();
    Value beta = mean(t, 1, 0);
    if (beta.is(0)) {
      return eps;
    }
    return std.is(0) ? x0 : beta.times(x0).plus(std.times(eps)).over(sigma(t));
  }

  // ------------------------------------------------------------------ conversions

  /**
   * The velocity of a prediction.
   *
   * @param y sample[dim], what is predicted
   * @param x sample[dim], the point
   * @param t sample[], its time
   * @return sample[dim]
   */
  public Value velocity(Prediction from, Value y, Value x, Value t) {
    return switch (from) {
      case VELOCITY -> y;
      case X1 -> {
        Coefficients c = inside(t);
        yield c.sigmaRate().over(c.sigma()).times(x).plus(c.delta().over(c.sigma()).times(y));
      }
      case NOISE -> {
        Coefficients c = inside(t);
        yield c.alphaRate().over(c.alpha()).times(x).minus(c.delta().over(c.alpha()).times(y));
      }
      case SCORE -> velocity(Prediction.NOISE, inside(t).sigma().neg().times(y), x, t);
    };
  }

  /**
   * A prediction from another.
   *
   * @param y sample[dim], what is predicted
   * @param x sample[dim], the point
   * @param t sample[], its time
   * @return sample[dim]
   */
  public Value convert(Prediction from, Prediction to, Value y, Value x, Value t) {
    if (from == to) {
      return y;
    }
    Coefficients c = inside(t);
    return switch (to) {
      case VELOCITY -> velocity(from, y, x, t);
      case X1 ->
          switch (from) {
            case NOISE -> x.minus(c.sigma().times(y)).over(c.alpha());
            case SCORE -> convert(Prediction.NOISE, to, c.sigma().neg().times(y), x, t);
            case VELOCITY, X1 -> c.sigma().times(y).minus(c.sigmaRate().times(x)).over(c.delta());
          };
      case NOISE ->
          switch (from) {
            case X1 -> x.minus(c.alpha().times(y)).over(c.sigma());
            case SCORE -> c.sigma().neg().times(y);
            case VELOCITY, NOISE ->
                c.alphaRate().times(x).minus(c.alpha().times(y)).over(c.delta());
          };
      case SCORE -> convert(from, Prediction.NOISE, y, x, t).over(c.sigma()).neg();
    };
  }

  /** The coefficients at the closest time that conversions take. */
  private Coefficients inside(Value t) {
    return at(path.times().and(new TimeInterval(DELTA, 1 - DELTA)).clamp(t));
  }

  // ------------------------------------------------------------------ inverse

  /**
   * The time whose signal-to-noise ratio alpha/sigma is that of two numbers, or the closest one:
   * the inverse in closed form where the path has one, otherwise by {@value #HALVINGS} halvings.
   *
   * @param alpha sample[], the factor of the data
   * @param sigma sample[], the factor of the noise; one of the two may be 0
   * @return sample[], within the times of the path
   */
  public Value time(Value alpha, Value sigma) {
    TimeInterval times = path.times();
    return times.clamp(path.timeOf(alpha, sigma).orElseGet(() -> halved(alpha, sigma)));
  }

  private Value halved(Value alpha, Value sigma) {
    Trace g = alpha.trace();
    Value low = g.constant((float) path.times().first(), ValueType.sample());
    Value high = g.constant((float) path.times().last(), ValueType.sample());
    for (int i = 0; i < HALVINGS; i++) {
      Value middle = low.plus(high).times(0.5);
      Value early = alpha(middle).times(sigma).less(sigma(middle).times(alpha));
      low = early.select(middle, low);
      high = early.select(high, middle);
    }
    return low.plus(high).times(0.5);
  }
}
