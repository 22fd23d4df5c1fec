package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.EulerMap;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.solve.Solve;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Laws of log-densities by the change of variables, on a mixture's flow from N(0, I). */
final class LikelihoodIdentities {
  private static final double[] POINTS = {0.5, 0.3, 2, 1, -1.5, -1.5, 0, -1};
  private static final int ROWS = 4;
  private static final int EULER_STEPS = 16;
  private static final String X = "x";

  private LikelihoodIdentities() {}

  static List<Identity> all() {
    var all = new ArrayList<Identity>();
    all.add(eulerHalves(Densities.of(Tableau.EULER, Divergence.exact())));
    all.add(mixture(Densities.of(Tableau.RK4, Divergence.exact())));
    for (Tableau method : List.of(Tableau.EULER, Tableau.MIDPOINT, Tableau.RK4)) {
      all.add(roundTrip(method, method, method.order()));
    }
    all.add(joint(Densities.of(Tableau.RK4, Divergence.exact())));
    all.add(integral(Densities.of(Tableau.RK4, Divergence.exact())));
    all.add(discreteExact(LikelihoodIdentities::undone));
    return all;
  }

  private static GaussianMixtureFlow flow() {
    return OracleField.linear();
  }

  /** The log-densities of the four points. */
  private static double[] score(Densities densities, int steps) {
    var g = new Trace();
    Scored scored = densities.score(flow()::velocity, g.input(X, ValueType.sample(2)), steps);
    return Reference.solve(
            scored.solution(), Map.of("l", scored.logDensity()), Map.of(X, POINTS), ROWS)
        .get("l");
  }

  private static double meanError(Densities densities, int steps) {
    double[] l = score(densities, steps);
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += Math.abs(l[row] - truth(row)) / ROWS;
    }
    return sum;
  }

  private static double truth(int row) {
    return flow().logDensity(Arrays.copyOfRange(POINTS, 2 * row, 2 * row + 2), 1);
  }

  static Identity eulerHalves(Densities densities) {
    return new Identity(
        "likelihood.euler",
        "log p by reverse-time Euler is O(h) off: mean |error| at 100 steps over that at 200",
        "Chen et al. 2018 (arXiv 1806.07366), theorem 1",
        new Tolerance.Near(2, 0.3),
        "2 + O(h)",
        _ -> meanError(densities, 100) / meanError(densities, 200));
  }

  static Identity mixture(Densities densities) {
    return new Identity(
        "likelihood.mixture",
        "log p by RK4 with 64 steps is that of the mixture: mean |error|, nats",
        "Chen et al. 2018 (arXiv 1806.07366), theorem 1",
        new Tolerance.AtMost(1e-5),
        "the method's error, 1e-6 at h = 1/64",
        _ -> meanError(densities, 64));
  }

  /**
   * A method followed by itself with -h is the identity up to O(h^p) for odd and O(h^(p+1)) for
   * even p, where the leading terms cancel.
   */
  static Identity roundTrip(Tableau forth, Tableau back, int order) {
    int expected = order % 2 == 0 ? order + 1 : order;
    return new Identity(
        "likelihood.roundtrip." + forth.name(),
        "noise to data and back to noise: slope of the log error of the point and of its"
            + " log-density between N and 2N steps",
        "Hairer, Lubich and Wanner, Geometric Numerical Integration, II.3 (adjoint methods)",
        new Tolerance.Near(expected, 0.2),
        "order p for odd p; p + 1 for even p, whose leading terms cancel; plus O(h)",
        _ -> {
          int steps = order > 2 ? 16 : 64;
          double coarse = roundTripError(forth, back, steps);
          return Math.log(coarse / roundTripError(forth, back, 2 * steps)) / Math.log(2);
        });
  }

  private static double roundTripError(Tableau forth, Tableau back, int steps) {
    BinaryOperator<Value> velocity = flow()::velocity;
    var g = new Trace();
    Scored sampled =
        new Likelihood(velocity, Divergence.exact(), 1)
            .sample(g.input(X, ValueType.sample(2)), forth, steps);
    var there =
        Reference.solve(
            sampled.solution(),
            Map.of("x1", sampled.x(), "l", sampled.logDensity()),
            Map.of(X, POINTS),
            ROWS);
    var h = new Trace();
    Scored scored =
        new Likelihood(velocity, Divergence.exact(), 1)
            .score(h.input(X, ValueType.sample(2)), back, steps);
    var again =
        Reference.solve(
            scored.solution(),
            Map.of("x0", scored.x(), "l", scored.logDensity()),
            Map.of(X, there.get("x1")),
            ROWS);
    double squares = 0;
    for (int i = 0; i < POINTS.length; i++) {
      squares += Math.pow(again.get("x0")[i] - POINTS[i], 2);
    }
    for (int i = 0; i < ROWS; i++) {
      squares += Math.pow(again.get("l")[i] - there.get("l")[i], 2);
    }
    return Math.sqrt(squares);
  }

  /** A sample's own log-density, from the solve that made it, is what scoring it gives. */
  static Identity joint(Densities densities) {
    return new Identity(
        "likelihood.joint",
        "a sample's log p from the solve that made it is its log p scored: largest difference",
        "Chen et al. 2018 (arXiv 1806.07366), equation 8, in both directions of time",
        new Tolerance.AtMost(1e-5),
        "the method's error, 1e-6 at h = 1/64",
        _ -> {
          var g = new Trace();
          Scored drawn =
              new Likelihood(flow()::velocity, Divergence.exact(), 1)
                  .sample(g.input(X, ValueType.sample(2)), Tableau.RK4, 64);
          var made =
              Reference.solve(
                  drawn.solution(),
                  Map.of("x1", drawn.x(), "l", drawn.logDensity()),
                  Map.of(X, POINTS),
                  ROWS);
          var h = new Trace();
          Scored scored = densities.score(flow()::velocity, h.input(X, ValueType.sample(2)), 64);
          var found =
              Reference.solve(
                  scored.solution(),
                  Map.of("l", scored.logDensity()),
                  Map.of(X, made.get("x1")),
                  ROWS);
          return Reference.largestDifference(made.get("l"), found.get("l"));
        });
  }

  /** The density integrates to 1, by the trapezoidal rule on a grid. */
  static Identity integral(Densities densities) {
    return new Identity(
        "likelihood.integral",
        "the density of the model integrates to 1, on a grid over [-6, 6]^2 (on the device)",
        "the definition of a density",
        new Tolerance.Near(1, 1e-4),
        "RK4 with 24 steps: 1e-5; the trapezoidal rule with spacing 0.5 is good to 1e-9"
            + " for components of std 0.5",
        device -> integral(densities, device));
  }

  private static double integral(Densities densities, Backend device) {
    int side = 25;
    float[] grid = new float[2 * side * side];
    for (int i = 0; i < side * side; i++) {
      grid[2 * i] = -6 + 0.5f * (i / side);
      grid[2 * i + 1] = -6 + 0.5f * (i % side);
    }
    var g = new Trace();
    Scored scored = densities.score(flow()::velocity, g.input(X, ValueType.sample(2)), 24);
    float[] l =
        Reference.solve(device, scored.solution(), scored.logDensity(), X, grid, side * side);
    double sum = 0;
    for (float logDensity : l) {
      sum += Math.exp(logDensity) * 0.25;
    }
    return sum;
  }

  // ------------------------------------------------------------------ Euler's sampler

  /** Log-densities of samples under the sampler of 16 Euler steps, in double. */
  interface SamplerDensity {
    double[] of(double[] samples);
  }

  /**
   * The density of the sampler is that of its noise over the determinant of the map from noise to
   * sample, which differences of the whole sampler give.
   */
  static Identity discreteExact(SamplerDensity density) {
    return new Identity(
        "likelihood.discrete-exact",
        "the exact log p of the sampler of 16 Euler steps is log p_0 less log |det| of the whole"
            + " map from noise to sample, by differences: largest difference, nats",
        "Behrmann et al. 2019 (arXiv 1811.00995), equation 1: the change of variables",
        new Tolerance.AtMost(1e-9),
        "differences of order 8 with h = 0.002 in double: about 1e-11",
        _ -> {
          double[] samples = euler(POINTS);
          double[][] columns = new double[2][];
          for (int k = 0; k < 2; k++) {
            int axis = k;
            columns[k] = Differences.derivative(by -> euler(moved(axis, by)), 0, 2e-3);
          }
          double[] expected = new double[ROWS];
          for (int row = 0; row < ROWS; row++) {
            int x = 2 * row;
            double determinant =
                columns[0][x] * columns[1][x + 1] - columns[1][x] * columns[0][x + 1];
            double squares = POINTS[x] * POINTS[x] + POINTS[x + 1] * POINTS[x + 1];
            expected[row] = -squares / 2 - Math.log(2 * Math.PI) - Math.log(determinant);
          }
          return Reference.largestDifference(density.of(samples), expected);
        });
  }

  /** The points, all moved along an axis. */
  private static double[] moved(int axis, double by) {
    double[] points = POINTS.clone();
    for (int i = axis; i < points.length; i += 2) {
      points[i] += by;
    }
    return points;
  }

  /** Where Euler's sampler takes noise. */
  private static double[] euler(double[] noise) {
    var g = new Trace();
    var solution =
        Solve.forward(Tableau.EULER, EULER_STEPS)
            .from(
                List.of(g.input(X, ValueType.sample(2))),
                (state, t) -> List.of(flow().velocity(state.getFirst(), t)));
    return Reference.solve(
            solution, Map.of("end", solution.state().getFirst()), Map.of(X, noise), ROWS)
        .get("end");
  }

  /** By undoing the steps with Newton's method. */
  private static double[] undone(double[] samples) {
    var g = new Trace();
    var carried = new LinkedHashMap<String, Value>();
    carried.put(EulerMap.X, g.input(EulerMap.X, ValueType.sample(2)));
    carried.put(EulerMap.Y, g.input(EulerMap.Y, ValueType.sample(2)));
    EulerMap.SCALARS.forEach(name -> carried.put(name, g.input(name, ValueType.sample())));
    EulerMap.Traced pass = new EulerMap(flow()::velocity, EULER_STEPS).newton(carried, 1e-13);
    Map<String, double[]> state = new HashMap<>();
    EulerMap.SCALARS.forEach(name -> state.put(name, new double[ROWS]));
    state.put(EulerMap.X, samples);
    state.put(EulerMap.Y, samples);
    Arrays.fill(state.get(EulerMap.K), EULER_STEPS);
    int most = EULER_STEPS * EulerMap.MOST_TRIES;
    for (int i = 0;
        i < most && Arrays.stream(state.get(EulerMap.STATUS)).anyMatch(s -> s == 0);
        i++) {
      state.putAll(Reference.run(pass.loop(), pass.values(), state, ROWS));
    }
    double[] l = new double[ROWS];
    for (int row = 0; row < ROWS; row++) {
      double[] x = Arrays.copyOfRange(state.get(EulerMap.X), 2 * row, 2 * row + 2);
      double squares = x[0] * x[0] + x[1] * x[1];
      boolean done = state.get(EulerMap.STATUS)[row] == 1;
      double change = done ? state.get(EulerMap.CHANGE)[row] : Double.NaN;
      l[row] = -squares / 2 - Math.log(2 * Math.PI) - change;
    }
    return l;
  }
}
