package dev.advect.testing;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Functions;
import java.util.stream.IntStream;

/**
 * A flow between Gaussian mixtures whose velocity, score and density are known in closed form
 * (Albergo, Boffi and Vanden-Eijnden 2023, arXiv 2303.08797, appendix A), in plain loops and as a
 * graph.
 *
 * <p>x0 is from sum_i p_i N(m_i, C_i I), x1 independently from sum_j q_j N(n_j, D_j I), and x_t =
 * (1-t) x0 + t x1 + gamma z with gamma^2 = sigma^2 + bridge t (1-t).
 *
 * @param p weights of the source
 * @param m means of the source
 * @param c variances of the source
 * @param q weights of the data
 * @param n means of the data
 * @param d variances of the data
 * @param sigma2 the constant part of gamma^2
 * @param bridge the factor of t (1-t) in gamma^2
 */
public record GaussianMixtureFlow(
    double[] p,
    double[][] m,
    double[] c,
    double[] q,
    double[][] n,
    double[] d,
    double sigma2,
    double bridge) {

  /** Two components on either side in the plane, none of them symmetric; floats exactly. */
  public static GaussianMixtureFlow plane() {
    return new GaussianMixtureFlow(
        new double[] {0.25, 0.75},
        new double[][] {{-1, 0.5}, {1.5, -0.25}},
        new double[] {0.5, 0.75},
        new double[] {0.625, 0.375},
        new double[][] {{2, 1}, {-1.5, -2}},
        new double[] {0.25, 0.5},
        0.015625,
        0.5);
  }

  /** From the standard normal to equally likely points, along x_t = (1-t) x0 + t x1 + sigma z. */
  public static GaussianMixtureFlow toPoints(double[][] points, double sigma) {
    int count = points.length;
    double[] q = IntStream.range(0, count).mapToDouble(_ -> 1.0 / count).toArray();
    return new GaussianMixtureFlow(
        new double[] {1},
        new double[][] {new double[points[0].length]},
        new double[] {1},
        q,
        points,
        new double[count],
        sigma * sigma,
        0);
  }

  /** The dimension. */
  public int dim() {
    return m[0].length;
  }

  private double variance(int i, int j, double t) {
    return (1 - t) * (1 - t) * c[i] + t * t * d[j] + sigma2 + bridge * t * (1 - t);
  }

  /** Half the time derivative of the variance. */
  private double growth(int i, int j, double t) {
    return -(1 - t) * c[i] + t * d[j] + bridge * (0.5 - t);
  }

  /** ln of p_i q_j N(x; M_ij, S_ij I) for all pairs. */
  private double[] logJoint(double[] x, double t) {
    double[] logs = new double[p.length * q.length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < q.length; j++) {
        double s = variance(i, j, t);
        double squares = 0;
        for (int k = 0; k < x.length; k++) {
          double z = x[k] - (1 - t) * m[i][k] - t * n[j][k];
          squares += z * z;
        }
        logs[i * q.length + j] =
            Math.log(p[i] * q[j]) - squares / (2 * s) - x.length / 2.0 * Math.log(2 * Math.PI * s);
      }
    }
    return logs;
  }

  /** log p_t(x). */
  public double logDensity(double[] x, double t) {
    double[] logs = logJoint(x, t);
    double max = java.util.Arrays.stream(logs).max().orElseThrow();
    double sum = 0;
    for (double l : logs) {
      sum += Math.exp(l - max);
    }
    return max + Math.log(sum);
  }

  /** The velocity b(x, t). */
  public double[] velocity(double[] x, double t) {
    return weighted(x, t, false);
  }

  /** The score, the gradient of log p_t at x. */
  public double[] score(double[] x, double t) {
    return weighted(x, t, true);
  }

  private double[] weighted(double[] x, double t, boolean score) {
    double[] logs = logJoint(x, t);
    double log = logDensity(x, t);
    double[] out = new double[x.length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < q.length; j++) {
        double w = Math.exp(logs[i * q.length + j] - log);
        double s = variance(i, j, t);
        for (int k = 0; k < x.length; k++) {
          double z = (x[k] - (1 - t) * m[i][k] - t * n[j][k]) / s;
          out[k] += w * (score ? -z : n[j][k] - m[i][k] + growth(i, j, t) * z);
        }
      }
    }
    return out;
  }

  /** The velocity as a graph: (sample[dim], sample[]) to sample[dim]. */
  public Value velocity(Value x, Value t) {
    Trace g = x.trace();
    Value u = t.neg().plus(1);
    Value bump = t.times(u);
    Value[] logs = new Value[p.length * q.length];
    Value[] moves = new Value[logs.length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < q.length; j++) {
        Value s = u.square().times(c[i]).plus(t.square().times(d[j])).plus(sigma2);
        s = s.plus(bump.times(bridge));
        Value growth = t.times(d[j]).minus(u.times(c[i]));
        growth = growth.plus(t.neg().plus(0.5).times(bridge));
        Value[] z = new Value[dim()];
        Value[] towards = new Value[dim()];
        for (int k = 0; k < dim(); k++) {
          Value xk = x.slice(0, k, k + 1).reshape();
          z[k] = xk.minus(u.times(m[i][k])).minus(t.times(n[j][k])).reshape(1);
          towards[k] = g.constant(n[j][k] - m[i][k]).reshape(1);
        }
        Value centred = g.concat(0, z);
        int at = i * q.length + j;
        Value exponent = centred.square().sum().over(s).times(-0.5);
        logs[at] =
            exponent.minus(s.log().times(dim() / 2.0)).plus(Math.log(p[i] * q[j])).reshape(1);
        Value rate = growth.over(s).stretch(x.dims());
        moves[at] = g.concat(0, towards).plus(centred.times(rate)).reshape(1, dim());
      }
    }
    Value w = Functions.softmax(g.concat(0, logs), 0);
    return w.dot("c", g.concat(0, moves), "cd", "d");
  }
}
