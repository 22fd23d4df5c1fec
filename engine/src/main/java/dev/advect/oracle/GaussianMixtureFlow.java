package dev.advect.oracle;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Functions;
import dev.advect.oracle.Interpolant.Coefficients;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A flow between Gaussian mixtures whose velocity, score and density are known in closed form
 * (Albergo, Boffi and Vanden-Eijnden 2023, arXiv 2303.08797, appendix A), in plain loops and as a
 * graph.
 *
 * <p>x0 is from sum_i p_i N(m_i, C_i I), x1 independently from sum_j q_j N(n_j, D_j I), and x_t = a
 * x0 + b x1 + gamma z. Then x_t is from a mixture over pairs ij with means M_ij = a m_i + b n_j and
 * variances S_ij = a^2 C_i + b^2 D_j + gamma^2, and with w_ij(x) the probability of the pair given
 * x,
 *
 * <pre>
 *   velocity  b(x, t) = sum_ij w_ij (dM_ij/dt + (dS_ij/dt) / (2 S_ij) (x - M_ij))
 *   score     s(x, t) = -sum_ij w_ij (x - M_ij) / S_ij
 * </pre>
 *
 * @param source the law of x0; it does not matter to an interpolant with a = 0
 * @param data the law of x1
 * @param interpolant a, b and gamma
 */
public record GaussianMixtureFlow(Mixture source, Mixture data, Interpolant interpolant) {
  /** Checks that both ends are of one space. */
  public GaussianMixtureFlow {
    if (source.dim() != data.dim()) {
      throw new IllegalArgumentException(
          "a source of dimension %d and data of dimension %d".formatted(source.dim(), data.dim()));
    }
  }

  /** Two components on either side in the plane, none of them symmetric; floats exactly. */
  public static GaussianMixtureFlow plane() {
    var source =
        new Mixture(
            new double[] {0.25, 0.75},
            new double[][] {{-1, 0.5}, {1.5, -0.25}},
            new double[] {0.5, 0.75});
    return new GaussianMixtureFlow(source, planeData(), new Interpolant.Linear(0.015625, 0.5));
  }

  /** The data of {@link #plane()}. */
  public static Mixture planeData() {
    return new Mixture(
        new double[] {0.625, 0.375}, new double[][] {{2, 1}, {-1.5, -2}}, new double[] {0.25, 0.5});
  }

  /** From the standard normal, which for a one-sided interpolant is its own noise. */
  public static GaussianMixtureFlow fromNoise(Interpolant interpolant, Mixture data) {
    return new GaussianMixtureFlow(Mixture.standardNormal(data.dim()), data, interpolant);
  }

  /** From the standard normal to equally likely points, along x_t = (1-t) x0 + t x1 + sigma z. */
  public static GaussianMixtureFlow toPoints(double[][] points, double sigma) {
    return fromNoise(new Interpolant.Linear(sigma * sigma, 0), Mixture.points(points));
  }

  /** The dimension. */
  public int dim() {
    return data.dim();
  }

  // ------------------------------------------------------------------ plain

  /** The law of x_t: component i * data.count() + j is the pair ij. */
  public Mixture marginal(double t) {
    Coefficients at = interpolant.at(t);
    int pairs = source.count() * data.count();
    double[] weights = new double[pairs];
    double[][] means = new double[pairs][dim()];
    double[] variances = new double[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      int i = pair / data.count();
      int j = pair % data.count();
      weights[pair] = source.weights()[i] * data.weights()[j];
      variances[pair] =
          at.a() * at.a() * source.variances()[i]
              + at.b() * at.b() * data.variances()[j]
              + at.noise();
      for (int k = 0; k < dim(); k++) {
        means[pair][k] = at.a() * source.means()[i][k] + at.b() * data.means()[j][k];
      }
    }
    return new Mixture(weights, means, variances);
  }

  /** log p_t(x). */
  public double logDensity(double[] x, double t) {
    return marginal(t).logDensity(x);
  }

  /** The velocity b(x, t). */
  public double[] velocity(double[] x, double t) {
    Coefficients at = interpolant.at(t);
    return mean(
        x,
        t,
        (pair, k, z) -> {
          int i = pair / data.count();
          int j = pair % data.count();
          double growth =
              at.a() * at.aRate() * source.variances()[i]
                  + at.b() * at.bRate() * data.variances()[j]
                  + at.noiseRate() / 2;
          return at.aRate() * source.means()[i][k] + at.bRate() * data.means()[j][k] + growth * z;
        });
  }

  /** The score, the gradient of log p_t at x. */
  public double[] score(double[] x, double t) {
    return mean(x, t, (_, _, z) -> -z);
  }

  /** What a pair contributes to element k, where z = (x_k - M_k) / S. */
  private interface Contribution {
    double of(int pair, int k, double z);
  }

  /** The mean of contributions over the pairs, given x. */
  private double[] mean(double[] x, double t, Contribution contribution) {
    Mixture now = marginal(t);
    double log = now.logDensity(x);
    double[] out = new double[x.length];
    for (int pair = 0; pair < now.count(); pair++) {
      double s = now.variances()[pair];
      double[] m = now.means()[pair];
      double w = now.weights()[pair] * Math.exp(Mixture.logNormal(x, m, s) - log);
      for (int k = 0; k < x.length; k++) {
        out[k] += w * contribution.of(pair, k, (x[k] - m[k]) / s);
      }
    }
    return out;
  }

  // ------------------------------------------------------------------ graph

  /**
   * What a pair is at one time.
   *
   * @param logJoint sample[1]: ln of p_i q_j N(x; M, S I), but for a constant of all pairs
   * @param z sample[dim]: (x - M) / S
   * @param drift sample[dim]: dM/dt
   * @param growth sample[]: dS/dt / 2
   */
  private record Pair(Value logJoint, Value z, Value drift, Value growth) {}

  /** The velocity as a graph: (sample[dim], sample[]) to sample[dim]. */
  public Value velocity(Value x, Value t) {
    return mean(x, t, pair -> pair.drift().plus(pair.z().times(pair.growth().stretch(x.dims()))));
  }

  /** The score as a graph: (sample[dim], sample[]) to sample[dim]. */
  public Value score(Value x, Value t) {
    return mean(x, t, pair -> pair.z().neg());
  }

  /** log p_t(x) as a graph: (sample[dim], sample[]) to sample[]. */
  public Value logDensity(Value x, Value t) {
    Value constants = x.trace().constant(-dim() / 2.0 * Math.log(2 * Math.PI));
    return Functions.logSumExp(logJoint(pairs(x, t)), 0).plus(constants);
  }

  private static Value logJoint(List<Pair> pairs) {
    Trace g = pairs.getFirst().z().trace();
    return g.concat(0, pairs.stream().map(Pair::logJoint).toArray(Value[]::new));
  }

  private Value mean(Value x, Value t, Function<Pair, Value> contribution) {
    List<Pair> pairs = pairs(x, t);
    Value w = Functions.softmax(logJoint(pairs), 0);
    Value[] rows =
        pairs.stream()
            .map(pair -> contribution.apply(pair).reshape(1, dim()))
            .toArray(Value[]::new);
    return w.dot("c", x.trace().concat(0, rows), "cd", "d");
  }

  private List<Pair> pairs(Value x, Value t) {
    Trace g = x.trace();
    Value a = interpolant.a(t);
    Value b = interpolant.b(t);
    Value noise = interpolant.noise(t);
    Value dt = g.ones(t.type());
    List<Value> rates = Autodiff.jvp(List.of(a, b, noise), List.of(t), List.of(dt));
    Value aa = a.times(rates.get(0));
    Value bb = b.times(rates.get(1));
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < source.count(); i++) {
      for (int j = 0; j < data.count(); j++) {
        double c = source.variances()[i];
        double d = data.variances()[j];
        Value s = a.square().times(c).plus(b.square().times(d)).plus(noise).spread();
        Value growth = aa.times(c).plus(bb.times(d)).plus(rates.get(2).times(0.5)).spread();
        Value centred = x.minus(combined(a, i, b, j));
        Value exponent =
            centred.square().sum().over(s).times(-0.5).minus(s.log().times(dim() / 2.0));
        Value logJoint = exponent.plus(Math.log(source.weights()[i] * data.weights()[j]));
        Value drift = combined(rates.get(0), i, rates.get(1), j);
        Value z = centred.over(s.stretch(x.dims()));
        pairs.add(new Pair(logJoint.reshape(1), z, drift, growth));
      }
    }
    return pairs;
  }

  /** a m_i + b n_j. */
  private Value combined(Value a, int i, Value b, int j) {
    Value[] elements = new Value[dim()];
    for (int k = 0; k < elements.length; k++) {
      Value mean = a.times(source.means()[i][k]).plus(b.times(data.means()[j][k]));
      elements[k] = mean.reshape(1);
    }
    return a.trace().concat(0, elements).spread();
  }
}
