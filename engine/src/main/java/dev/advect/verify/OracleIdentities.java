package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.oracle.Mixture;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Laws of the oracle itself: its velocity carries its density, its score is the slope of it. */
final class OracleIdentities {
  private static final double[][] POINTS = {{0, 0}, {-1, 2}, {2.5, 0.3}, {-0.4, -1.7}};
  private static final double[] TIMES = {0.1, 0.37, 0.8};
  private static final double H = 2e-3;

  /**
   * Powers of two, so that a product of constants, which a graph folds to float32, is as exact as
   * its factors and the parts of the graph agree to double precision.
   */
  private static final Mixture SOURCE =
      new Mixture(
          new double[] {0.25, 0.75}, new double[][] {{-1, 0.5}, {2, -0.25}}, new double[] {0.5, 1});

  private static final Mixture DATA =
      new Mixture(
          new double[] {0.625, 0.375}, new double[][] {{2, 1}, {-1, -2}}, new double[] {0.25, 0.5});

  /** A density that moves, with its velocity and score. */
  interface Marginals {
    double logDensity(double[] x, double t);

    double[] velocity(double[] x, double t);

    double[] score(double[] x, double t);
  }

  private OracleIdentities() {}

  static List<Identity> all() {
    var all = new ArrayList<Identity>();
    Map<String, Interpolant> interpolants = new LinkedHashMap<>();
    interpolants.put("bridge", new Interpolant.Linear(0.015625, 0.5));
    interpolants.put("cosine", new Interpolant.Trigonometric(0.0625));
    interpolants.put("ot", new Interpolant.ConditionalOt(0.125));
    interpolants.put("vp", new Interpolant.VariancePreserving(0.125, 8));
    interpolants.put("ve", new Interpolant.VarianceExploding(0.125, 4));
    interpolants.forEach(
        (name, interpolant) -> {
          var flow = new GaussianMixtureFlow(SOURCE, DATA, interpolant);
          all.add(continuity(name, graph(flow)));
          all.add(score(name, graph(flow)));
          all.add(forms(name, graph(flow), plain(flow)));
        });
    return all;
  }

  /** An error at a point and a time. */
  @FunctionalInterface
  private interface ErrorAt {
    double of(double[] x, double t);
  }

  /** The largest error over all points and times. */
  private static double largest(ErrorAt error) {
    double largest = 0;
    for (double t : TIMES) {
      for (double[] x : POINTS) {
        largest = Reference.worse(largest, error.of(x, t));
      }
    }
    return largest;
  }

  static Identity continuity(String name, Marginals flow) {
    return new Identity(
        "oracle.continuity." + name,
        "d/dt log p + v . score + div v = 0 for the graph form: largest residual",
        "the continuity equation; Albergo et al. 2023 (arXiv 2303.08797), appendix A",
        new Tolerance.AtMost(1e-8),
        "differences of order 8 with h = 0.002 in double: about 1e-11",
        _ -> largest((x, t) -> Math.abs(residual(flow, x, t))));
  }

  private static double residual(Marginals flow, double[] x, double t) {
    double sum = Differences.derivative(s -> new double[] {flow.logDensity(x, s)}, t, H)[0];
    double[] v = flow.velocity(x, t);
    double[] score = flow.score(x, t);
    for (int k = 0; k < x.length; k++) {
      sum += v[k] * score[k] + Differences.partial(y -> flow.velocity(y, t), x, k, H)[k];
    }
    return sum;
  }

  static Identity score(String name, Marginals flow) {
    return new Identity(
        "oracle.score." + name,
        "the score is the gradient of log p for the graph form: largest difference",
        "Albergo et al. 2023 (arXiv 2303.08797), appendix A",
        new Tolerance.AtMost(1e-8),
        "differences of order 8 with h = 0.002 in double: about 1e-11",
        _ ->
            largest(
                (x, t) -> {
                  double[] score = flow.score(x, t);
                  double error = 0;
                  for (int k = 0; k < x.length; k++) {
                    double slope =
                        Differences.partial(y -> new double[] {flow.logDensity(y, t)}, x, k, H)[0];
                    error = Reference.worse(error, Math.abs(score[k] - slope));
                  }
                  return error;
                }));
  }

  static Identity forms(String name, Marginals graph, Marginals plain) {
    return new Identity(
        "oracle.forms." + name,
        "graph and plain loops give one velocity, score and log-density: largest relative"
            + " difference",
        "derivatives of the coefficients by forward-mode differentiation and by hand",
        new Tolerance.AtMost(1e-5),
        "constants of graphs are float32 (6e-8), amplified by the steepness of ve",
        _ ->
            largest(
                (x, t) -> {
                  double[] a = all(graph, x, t);
                  double[] b = all(plain, x, t);
                  double error = 0;
                  for (int k = 0; k < a.length; k++) {
                    double relative = Math.abs(a[k] - b[k]) / Math.max(1, Math.abs(b[k]));
                    error = Reference.worse(error, relative);
                  }
                  return error;
                }));
  }

  private static double[] all(Marginals flow, double[] x, double t) {
    double[] v = flow.velocity(x, t);
    double[] s = flow.score(x, t);
    return new double[] {v[0], v[1], s[0], s[1], flow.logDensity(x, t)};
  }

  static Marginals plain(GaussianMixtureFlow flow) {
    return new Marginals() {
      @Override
      public double logDensity(double[] x, double t) {
        return flow.logDensity(x, t);
      }

      @Override
      public double[] velocity(double[] x, double t) {
        return flow.velocity(x, t);
      }

      @Override
      public double[] score(double[] x, double t) {
        return flow.score(x, t);
      }
    };
  }

  /** The graph form, evaluated by the interpreter. */
  static Marginals graph(GaussianMixtureFlow flow) {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    Value velocity = flow.velocity(x, t);
    Value score = flow.score(x, t);
    Value logDensity = flow.logDensity(x, t);
    return new Marginals() {
      private double[] at(Value value, double[] x, double t) {
        return Reference.evaluate(value, Map.of("x", x, "t", new double[] {t}), 1);
      }

      @Override
      public double logDensity(double[] x, double t) {
        return at(logDensity, x, t)[0];
      }

      @Override
      public double[] velocity(double[] x, double t) {
        return at(velocity, x, t);
      }

      @Override
      public double[] score(double[] x, double t) {
        return at(score, x, t);
      }
    };
  }
}
