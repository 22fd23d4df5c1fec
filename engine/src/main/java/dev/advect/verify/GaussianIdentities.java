package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.oracle.GaussianFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.solve.Solve;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Laws of flows from a Gaussian to a Gaussian, where trajectories and densities are known. */
final class GaussianIdentities {
  private static final double[] MEAN = {0.5, -1, 2};
  private static final double[] VARIANCES = {0.25, 1, 0.5};
  private static final double[] POINTS = {0.3, -1.2, 0.5, -0.75, 0.25, 1.5};
  private static final int DIM = 3;
  private static final int ROWS = 2;
  private static final String X = "x";

  private GaussianIdentities() {}

  static List<Identity> all() {
    var all = new ArrayList<Identity>();
    Map<String, Interpolant> interpolants = new LinkedHashMap<>();
    interpolants.put("linear", new Interpolant.Linear(0, 0));
    interpolants.put("cosine", new Interpolant.Trigonometric(0));
    interpolants.put("ot", new Interpolant.ConditionalOt(0.125));
    interpolants.put("vp", new Interpolant.VariancePreserving(0.125, 8));
    interpolants.put("ve", new Interpolant.VarianceExploding(0.125, 4));
    interpolants.forEach(
        (name, interpolant) -> {
          GaussianFlow flow = GaussianFlow.fromNoise(interpolant, MEAN, VARIANCES);
          all.add(map(name, flow, flow::velocity));
        });
    for (String name : List.of("linear", "cosine", "ot")) {
      GaussianFlow flow = GaussianFlow.fromNoise(interpolants.get(name), MEAN, VARIANCES);
      all.add(logDensity(name, flow, Densities.of(Tableau.RK4, Divergence.exact())));
    }
    return all;
  }

  /** A solve of the velocity ends where the closed-form map says. */
  static Identity map(String name, GaussianFlow flow, BinaryOperator<Value> velocity) {
    return new Identity(
        "gaussian.map." + name,
        "RK4 with 128 steps carries x to M(1) + sqrt(S(1)/S(0)) (x - M(0)): largest difference",
        "Lipman et al. 2023 (arXiv 2210.02747), theorem 3, of the marginal Gaussian",
        new Tolerance.AtMost(2e-6),
        "the method's error (up to 1e-6 for ve) and float32 constants of the graph (6e-8)",
        _ -> {
          var g = new Trace();
          var solution =
              Solve.forward(Tableau.RK4, 128)
                  .from(
                      List.of(g.input(X, ValueType.sample(DIM))),
                      (state, t) -> List.of(velocity.apply(state.getFirst(), t)));
          double[] end =
              Reference.solve(
                      solution, Map.of("end", solution.state().getFirst()), Map.of(X, POINTS), ROWS)
                  .get("end");
          double[] expected = new double[POINTS.length];
          for (int row = 0; row < ROWS; row++) {
            System.arraycopy(flow.flow(point(row), 0, 1), 0, expected, row * DIM, DIM);
          }
          return Reference.largestDifference(end, expected);
        });
  }

  private static double[] point(int row) {
    return Arrays.copyOfRange(POINTS, row * DIM, (row + 1) * DIM);
  }

  static Identity logDensity(String name, GaussianFlow flow, Densities densities) {
    return new Identity(
        "gaussian.density." + name,
        "log p by RK4 with 128 steps is that of the Gaussian: largest difference, nats",
        "Chen et al. 2018 (arXiv 1806.07366), theorem 1",
        new Tolerance.AtMost(2e-6),
        "the method's error and float32 constants of the graph (6e-8 each)",
        _ -> {
          var g = new Trace();
          Scored scored = densities.score(flow::velocity, g.input(X, ValueType.sample(DIM)), 128);
          double[] found =
              Reference.solve(
                      scored.solution(), Map.of("l", scored.logDensity()), Map.of(X, POINTS), ROWS)
                  .get("l");
          double[] expected = new double[ROWS];
          for (int row = 0; row < ROWS; row++) {
            expected[row] = flow.logDensity(point(row), 1);
          }
          return Reference.largestDifference(found, expected);
        });
  }
}
