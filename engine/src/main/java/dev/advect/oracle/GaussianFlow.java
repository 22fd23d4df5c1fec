package dev.advect.oracle;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.Interpolant.Coefficients;
import java.util.Arrays;
import java.util.List;

/**
 * A flow from one Gaussian to another with diagonal covariances, whose trajectories are known in
 * closed form: with x0 from N(m, diag c), x1 independently from N(n, diag d) and x_t = a x0 + b x1
 * + gamma z,
 *
 * <pre>
 *   M = a m + b n          S = a^2 c + b^2 d + gamma^2       (element by element)
 *   velocity  v(x, t) = dM/dt + (dS/dt) / (2 S) (x - M)
 *   flow      x(t) = M(t) + sqrt(S(t) / S(s)) (x(s) - M(s))
 * </pre>
 *
 * @param m the mean of x0
 * @param c the variances of x0
 * @param n the mean of x1
 * @param d the variances of x1
 * @param interpolant a, b and gamma
 */
public record GaussianFlow(
    double[] m, double[] c, double[] n, double[] d, Interpolant interpolant) {
  /** Checks the lengths. */
  public GaussianFlow {
    if (m.length == 0 || c.length != m.length || n.length != m.length || d.length != m.length) {
      throw new IllegalArgumentException(
          "means and variances of %d, %d, %d and %d numbers"
              .formatted(m.length, c.length, n.length, d.length));
    }
  }

  /** From the standard normal, which for a one-sided interpolant is its own noise. */
  public static GaussianFlow fromNoise(Interpolant interpolant, double[] mean, double[] variances) {
    double[] ones = new double[mean.length];
    Arrays.fill(ones, 1);
    return new GaussianFlow(new double[mean.length], ones, mean, variances, interpolant);
  }

  /** The dimension. */
  public int dim() {
    return m.length;
  }

  // ------------------------------------------------------------------ plain

  private double mean(Coefficients at, int k) {
    return at.a() * m[k] + at.b() * n[k];
  }

  private double variance(Coefficients at, int k) {
    return at.a() * at.a() * c[k] + at.b() * at.b() * d[k] + at.noise();
  }

  /** Half of dS/dt, over S: the eigenvalue of the velocity's Jacobian along axis k. */
  private double rate(Coefficients at, int k) {
    double growth = at.a() * at.aRate() * c[k] + at.b() * at.bRate() * d[k] + at.noiseRate() / 2;
    return growth / variance(at, k);
  }

  /** The velocity v(x, t). */
  public double[] velocity(double[] x, double t) {
    Coefficients at = interpolant.at(t);
    double[] v = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      v[k] = at.aRate() * m[k] + at.bRate() * n[k] + rate(at, k) * (x[k] - mean(at, k));
    }
    return v;
  }

  /** The divergence of the velocity, which is the same everywhere. */
  public double divergence(double t) {
    Coefficients at = interpolant.at(t);
    double sum = 0;
    for (int k = 0; k < dim(); k++) {
      sum += rate(at, k);
    }
    return sum;
  }

  /** The score, the gradient of log p_t at x. */
  public double[] score(double[] x, double t) {
    Coefficients at = interpolant.at(t);
    double[] score = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      score[k] = -(x[k] - mean(at, k)) / variance(at, k);
    }
    return score;
  }

  /** log p_t(x). */
  public double logDensity(double[] x, double t) {
    Coefficients at = interpolant.at(t);
    double log = 0;
    for (int k = 0; k < x.length; k++) {
      double s = variance(at, k);
      double z = x[k] - mean(at, k);
      log -= z * z / (2 * s) + 0.5 * Math.log(2 * Math.PI * s);
    }
    return log;
  }

  /** Where the trajectory through x at time {@code from} is at time {@code to}. */
  public double[] flow(double[] x, double from, double to) {
    Coefficients before = interpolant.at(from);
    Coefficients after = interpolant.at(to);
    double[] y = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      double stretch = Math.sqrt(variance(after, k) / variance(before, k));
      y[k] = mean(after, k) + stretch * (x[k] - mean(before, k));
    }
    return y;
  }

  // ------------------------------------------------------------------ graph

  /** The velocity as a graph: (sample[dim], sample[]) to sample[dim]. */
  public Value velocity(Value x, Value t) {
    Trace g = x.trace();
    Value a = interpolant.a(t);
    Value b = interpolant.b(t);
    Value noise = interpolant.noise(t);
    Value[] mean = new Value[dim()];
    Value[] variance = new Value[dim()];
    for (int k = 0; k < dim(); k++) {
      mean[k] = a.times(m[k]).plus(b.times(n[k])).reshape(1);
      Value s = a.square().times(c[k]).plus(b.square().times(d[k])).plus(noise);
      variance[k] = s.reshape(1);
    }
    Value at = g.concat(0, mean).spread();
    Value s = g.concat(0, variance).spread();
    List<Value> rates = Autodiff.jvp(List.of(at, s), List.of(t), List.of(g.ones(t.type())));
    return rates.getFirst().plus(rates.getLast().times(0.5).over(s).times(x.minus(at)));
  }
}
