package dev.advect.verify;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Trace;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.Custom;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.PathSample;
import dev.advect.path.SchroedingerBridge;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Laws of conditional paths: the target is the velocity of the point, and leads to the flow. */
final class PathIdentities {
  private static final double[] TIMES = {0.001, 0.1, 0.37, 0.5, 0.8, 0.98};

  /** As a part of the way to the nearer end: some derivatives grow like powers of 1/t. */
  private static final double H = 1e-2;

  private static final int DRAWS = 20_000;

  private PathIdentities() {}

  static List<Identity> all() {
    return List.of(
        velocity("icfm", new Icfm(0.1)),
        velocity("ot", new ConditionalOt(0.1)),
        velocity("cosine", new Cosine(0.25)),
        velocity("vp", VariancePreserving.standard()),
        velocity("ve", new VarianceExploding(0.01, 5)),
        velocity("sb", new SchroedingerBridge(0.5)),
        velocity("formula.ot", new Custom("t*x1", "1-(1-0.01)*t")),
        velocity("formula", new Custom("t^2*x1 + (1-t^2)*x0", "0.5*sqrt(1+t)*(1-t)")),
        velocity(
            "function",
            GaussianPath.of(
                "square", (t, _, x1) -> t.square().times(x1), t -> t.times(-0.99).plus(1))),
        marginal("icfm", new Icfm(0.25), new Interpolant.Linear(0.0625, 0)),
        marginal("ot", new ConditionalOt(0.125), new Interpolant.ConditionalOt(0.125)),
        marginal("cosine", new Cosine(0.25), new Interpolant.Trigonometric(0.0625)),
        marginal(
            "vp", new VariancePreserving(0.125, 8), new Interpolant.VariancePreserving(0.125, 8)),
        marginal("sb", new SchroedingerBridge(2), new Interpolant.Linear(0, 4)),
        marginal(
            "ve", new VarianceExploding(0.125, 4), new Interpolant.VarianceExploding(0.125, 4)));
  }

  /** The target is the time derivative of the sampled point. */
  static Identity velocity(String name, GaussianPath path) {
    return new Identity(
        "path.velocity." + name,
        "the target u_t is the derivative of the sampled x_t by t: largest difference, relative"
            + " where |u| > 1",
        "Lipman et al. 2023 (arXiv 2210.02747), theorem 3",
        new Tolerance.AtMost(1e-6),
        "differences of order 8 in double: 1e-10 at t = 0.001; folded float32 constants of ve:"
            + " 3e-8",
        _ -> largestVelocityError(path));
  }

  private static double largestVelocityError(GaussianPath path) {
    var g = new Trace();
    PathSample point = sample(g, path);
    Map<String, double[]> inputs = new HashMap<>();
    inputs.put("x0", repeated(0.3, -1.2));
    inputs.put("x1", repeated(2, 0.5));
    inputs.put("eps", repeated(-0.7, 1.4));
    double[] slope =
        Differences.derivative(
            shift -> {
              inputs.put("t", Arrays.stream(TIMES).map(t -> t + shift * room(t)).toArray());
              return Reference.evaluate(point.xt(), inputs, TIMES.length);
            },
            0,
            H);
    inputs.put("t", TIMES);
    double[] velocity = Reference.evaluate(point.velocity(), inputs, TIMES.length);
    double largest = 0;
    for (int i = 0; i < slope.length; i++) {
      double found = slope[i] / room(TIMES[i / 2]);
      double error = Math.abs(found - velocity[i]) / Math.max(1, Math.abs(velocity[i]));
      largest = Reference.worse(largest, error);
    }
    return largest;
  }

  private static double room(double t) {
    return Math.min(t, 1 - t);
  }

  private static double[] repeated(double x, double y) {
    double[] rows = new double[2 * TIMES.length];
    for (int i = 0; i < TIMES.length; i++) {
      rows[2 * i] = x;
      rows[2 * i + 1] = y;
    }
    return rows;
  }

  private static PathSample sample(Trace g, GaussianPath path) {
    return path.sample(
        g.input("t", ValueType.sample()),
        g.input("x0", ValueType.sample(2)),
        g.input("x1", ValueType.sample(2)),
        g.input("eps", ValueType.sample(2)));
  }

  /**
   * The mean of the target given (x_t, t) is the velocity of the flow, so what is left is
   * orthogonal to every function of (x_t, t): here 1, x, x (t - 1/2) and sin 3x.
   */
  static Identity marginal(String name, GaussianPath path, Interpolant interpolant) {
    return new Identity(
        "path.marginal." + name,
        "E[u_t | x_t] is the closed-form velocity of the mixture's flow: the largest of 8 means of"
            + " (u - v) f(x_t, t), in standard errors over 20000 draws",
        "Lipman et al. 2023, theorem 2; Albergo et al. 2023 (arXiv 2303.08797), appendix A",
        new Tolerance.AtMost(4.5),
        "8 normal figures exceed 4.5 once in 18000 seeds, and the seed is fixed",
        _ -> largestResidual(path, interpolant));
  }

  private static double largestResidual(GaussianPath path, Interpolant interpolant) {
    var flow = GaussianMixtureFlow.fromNoise(interpolant, GaussianMixtureFlow.planeData());
    var g = new Trace();
    PathSample point = sample(g, path);
    double[] t = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      // Away from the ends, where targets of vp and ve are of great variance.
      t[i] = 0.02 + 0.93 * Laws.element(Distribution.UNIFORM, 0, 0, Purpose.TIME, 0, i, 0);
    }
    Map<String, double[]> inputs = new HashMap<>();
    inputs.put("t", t);
    inputs.put("x0", flow.source().samples(11, DRAWS));
    inputs.put("x1", flow.data().samples(12, DRAWS));
    inputs.put("eps", flow.source().samples(13, DRAWS));
    var values = Reference.evaluate(List.of(point.xt(), point.velocity()), inputs, DRAWS, 0);
    var products = new Statistics(8);
    for (int i = 0; i < DRAWS; i++) {
      double[] x = Arrays.copyOfRange(values.get(point.xt()), 2 * i, 2 * i + 2);
      double[] v = flow.velocity(x, t[i]);
      double[] found = new double[8];
      for (int k = 0; k < 2; k++) {
        double r = values.get(point.velocity())[2 * i + k] - v[k];
        found[4 * k] = r;
        found[4 * k + 1] = r * x[k];
        found[4 * k + 2] = r * x[k] * (t[i] - 0.5);
        found[4 * k + 3] = r * Math.sin(3 * x[k]);
      }
      products.add(found);
    }
    double largest = 0;
    for (int k = 0; k < 8; k++) {
      largest = Reference.worse(largest, Math.abs(products.mean(k)) / products.meanError(k));
    }
    return largest;
  }
}
