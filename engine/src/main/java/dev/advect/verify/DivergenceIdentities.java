package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Laws of the divergence: exact, and estimated with probes of random signs. */
final class DivergenceIdentities {
  /** Neither symmetric nor diagonal; floats exactly. */
  private static final double[][] A = {{0.5, -1, 0.25}, {2, -0.75, 1}, {0.5, 0, 1.25}};

  private static final int DIM = 3;
  private static final int SAMPLES = 20_000;
  private static final int PROBES = 4;
  private static final String X = "x";

  /** A divergence under test: of v at x, as sample[estimates]. */
  interface Estimator {
    Value of(Value v, Value x);
  }

  private DivergenceIdentities() {}

  static List<Identity> all() {
    return List.of(
        exact(Divergence.exact()::of),
        mean(Divergence.hutchinson(PROBES)::of),
        variance(Divergence.hutchinson(PROBES)::of),
        diagonal(Divergence.hutchinson(PROBES)::of),
        fixedProbes(Densities.of(Tableau.EULER, Divergence.hutchinson(PROBES))));
  }

  static Identity exact(Estimator divergence) {
    return new Identity(
        "divergence.exact",
        "the divergence is the sum of d v_k / d x_k, by differences on the mixture's flow: largest"
            + " difference",
        "the definition; forward-mode differentiation",
        new Tolerance.AtMost(1e-8),
        "differences of order 8 with h = 0.002 in double: about 1e-11",
        _ -> {
          var flow = OracleIdentities.graph(GaussianMixtureFlow.plane());
          var g = new Trace();
          Value x = g.input(X, ValueType.sample(2));
          Value t = g.input("t", ValueType.sample());
          Value found = divergence.of(GaussianMixtureFlow.plane().velocity(x, t), x);
          double largest = 0;
          for (double[] at : new double[][] {{0, 0}, {-1, 2}, {2.5, 0.3}}) {
            var inputs = Map.of(X, at, "t", new double[] {0.37});
            double trace = 0;
            for (int k = 0; k < 2; k++) {
              trace += Differences.partial(y -> flow.velocity(y, 0.37), at, k, 2e-3)[k];
            }
            double value = Reference.evaluate(found, inputs, 1)[0];
            largest = Reference.worse(largest, Math.abs(value - trace));
          }
          return largest;
        });
  }

  /** v(x) = A x. */
  private static Value linear(Value x) {
    Value[] rows = new Value[DIM];
    for (int i = 0; i < DIM; i++) {
      Value sum = x.trace().constant(0);
      for (int j = 0; j < DIM; j++) {
        sum = sum.plus(x.slice(0, j, j + 1).reshape().times(A[i][j]));
      }
      rows[i] = sum.reshape(1);
    }
    return x.trace().concat(0, rows);
  }

  private static Statistics estimates(Estimator estimator) {
    var g = new Trace();
    Value x = g.input(X, ValueType.sample(DIM));
    Value estimates = estimator.of(linear(x), x);
    var statistics = new Statistics(1);
    var inputs = Map.of(X, new double[SAMPLES * DIM]);
    for (double e : Reference.evaluate(List.of(estimates), inputs, SAMPLES, 0).get(estimates)) {
      statistics.add(e);
    }
    return statistics;
  }

  static Identity mean(Estimator estimator) {
    return new Identity(
        "divergence.hutchinson.mean",
        "E[z.Az] is the trace of A: error in standard errors over 80000 probes",
        "Hutchinson 1989, A stochastic estimator of the trace of the influence matrix",
        new Tolerance.AtMost(4),
        "a normal figure exceeds 4 once in 16000 seeds, and the seed is fixed",
        _ -> {
          Statistics found = estimates(estimator);
          double trace = 0;
          for (int i = 0; i < DIM; i++) {
            trace += A[i][i];
          }
          return Math.abs(found.mean(0) - trace) / found.meanError(0);
        });
  }

  static Identity variance(Estimator estimator) {
    return new Identity(
        "divergence.hutchinson.variance",
        "Var[z.Az] = 2 (|S|_F^2 - sum S_ii^2) with S = (A + A')/2: error in standard errors over"
            + " 80000 probes",
        "Avron and Toledo 2011, Randomized algorithms for estimating the trace, lemma 1",
        new Tolerance.AtMost(4),
        "a normal figure exceeds 4 once in 16000 seeds, and the seed is fixed",
        _ -> {
          Statistics found = estimates(estimator);
          double expected = 0;
          for (int i = 0; i < DIM; i++) {
            for (int j = 0; j < DIM; j++) {
              double s = (A[i][j] + A[j][i]) / 2;
              expected += i == j ? 0 : 2 * s * s;
            }
          }
          return Math.abs(found.variance(0) - expected) / found.varianceError(0);
        });
  }

  static Identity diagonal(Estimator estimator) {
    return new Identity(
        "divergence.hutchinson.diagonal",
        "z.Jz is the trace of a diagonal J without error, since z_k^2 = 1: largest difference over"
            + " 400 probes",
        "Hutchinson 1989",
        new Tolerance.AtMost(1e-12),
        "rounding in double",
        _ -> {
          int samples = 100;
          var g = new Trace();
          Value x = g.input(X, ValueType.sample(DIM));
          Value estimates = estimator.of(x.square().times(x), x);
          double[] points = new double[samples * DIM];
          for (int i = 0; i < points.length; i++) {
            points[i] = Math.sin(i);
          }
          double[] found = Reference.evaluate(estimates, Map.of(X, points), samples);
          double largest = 0;
          for (int i = 0; i < found.length; i++) {
            int row = i / (found.length / samples);
            double trace = 0;
            for (int k = 0; k < DIM; k++) {
              trace += 3 * points[row * DIM + k] * points[row * DIM + k];
            }
            largest = Reference.worse(largest, Math.abs(found[i] - trace));
          }
          return largest;
        });
  }

  /**
   * Along dx/dt = A x an estimate with one fixed probe is z.Az at every time, so its integral does
   * not depend on the number of steps.
   */
  static Identity fixedProbes(Densities densities) {
    return new Identity(
        "divergence.hutchinson.fixed",
        "a sample keeps its probes for the whole trajectory: change of the integral of z.Az between"
            + " 1 and 8 steps",
        "Grathwohl et al. 2019 (arXiv 1810.01367), section 3.1",
        new Tolerance.AtMost(1e-12),
        "rounding in double; steps of 1/8 are exact",
        _ -> Reference.largestDifference(integral(densities, 1), integral(densities, 8)));
  }

  /** log p_1(x1) - log p_0(x0) for some samples. */
  private static double[] integral(Densities densities, int steps) {
    BinaryOperator<Value> velocity = (x, _) -> linear(x);
    var g = new Trace();
    Value x1 = g.input(X, ValueType.sample(DIM));
    Scored scored = densities.score(velocity, x1, steps);
    int samples = 16;
    double[] points = new double[samples * DIM];
    for (int i = 0; i < points.length; i++) {
      points[i] = Math.cos(i);
    }
    var end =
        Reference.solve(
            scored.solution(),
            Map.of("x0", scored.x(), "l", scored.logDensity()),
            Map.of(X, points),
            samples);
    double[] change = end.get("l").clone();
    for (int i = 0; i < change.length; i++) {
      int row = i / (change.length / samples);
      double squares = 0;
      for (int k = 0; k < DIM; k++) {
        squares += Math.pow(end.get("x0")[row * DIM + k], 2);
      }
      change[i] += squares / 2;
    }
    return change;
  }
}
