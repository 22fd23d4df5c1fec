package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import dev.advect.solve.Dynamics;
import dev.advect.solve.EmbeddedTableau;
import dev.advect.solve.Solve;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Laws of solvers: each converges with its order to the flow of the mixture. */
final class SolverIdentities {
  private static final double[] BEGIN = {0.2, -0.4, -1.1, 0.9, 1.6, 0.1};

  private SolverIdentities() {}

  static List<Identity> all() {
    var all = new ArrayList<Identity>();
    for (Tableau method : Tableau.ALL) {
      all.add(order(method, method.order()));
    }
    EmbeddedTableau pair = EmbeddedTableau.DORMAND_PRINCE;
    Tableau kept = pair.method();
    all.add(plainOrder("dopri5", kept, 5));
    all.add(
        plainOrder(
            "dopri5.embedded", new Tableau("other", kept.a(), pair.embedded(), kept.c(), 4), 4));
    all.add(limit(Tableau.RK4_38));
    for (double tolerance : new double[] {1e-3, 1e-5}) {
      all.add(adaptive(tolerance, Solver.dopri5(tolerance, tolerance)));
    }
    return all;
  }

  /** Halving the step divides the error by 2 to the order. */
  static Identity order(Tableau method, int order) {
    return new Identity(
        "solver.order." + method.name(),
        "the error of a solve is O(h^%d): slope of log error between N and 2N steps"
            .formatted(order),
        "Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.3",
        new Tolerance.Near(order, 0.15),
        "the next term of the error is smaller by a factor of a few h",
        _ -> slope(method));
  }

  private static double slope(Tableau method) {
    boolean high = method.order() > 2;
    // The float32 constants of the graph move its limit by 1e-7, which would hide the order of the
    // better methods. So their errors are measured from that limit.
    double[] limit = high ? ends(method, 256) : truth();
    int steps = high ? 32 : 128;
    double coarse = distance(ends(method, steps), limit);
    return Math.log(coarse / distance(ends(method, 2 * steps), limit)) / Math.log(2);
  }

  /** The same in plain loops, as the error of order 5 is below what float32 constants allow. */
  static Identity plainOrder(String name, Tableau method, int order) {
    return new Identity(
        "solver.order." + name,
        "the error of a solve is O(h^%d): slope of log error between N and 2N steps, in double"
            .formatted(order),
        "Dormand and Prince 1980, table 2",
        new Tolerance.Near(order, 0.15),
        "the next term of the error is smaller by a factor of a few h",
        _ -> {
          int steps = order > 4 ? 64 : 256;
          double[] truth = plainEnds(EmbeddedTableau.DORMAND_PRINCE.method(), 1000);
          double coarse = distance(plainEnds(method, steps), truth);
          return Math.log(coarse / distance(plainEnds(method, 2 * steps), truth)) / Math.log(2);
        });
  }

  /**
   * Adaptive steps keep to their tolerance, which bounds the error of a step and not of the end.
   */
  static Identity adaptive(double tolerance, Solver solver) {
    return new Identity(
        "solver.adaptive.%.0e".formatted(tolerance).replace("e-0", "e-"),
        "200 samples by dopri5 with rtol = atol = %s end where 500 plain RK4 steps in double do:"
                .formatted(tolerance)
            + " median of the differences over the tolerance (on the device)",
        "Dormand and Prince 1980; Hairer, Norsett and Wanner, II.4",
        new Tolerance.AtMost(5),
        "the errors of about 10 steps, stretched by 2 or 3 for most samples and by 100 for a few",
        device -> {
          FlowModel model = new OracleField(OracleField.linear()).model();
          int n = 200;
          float[] end = model.sample(device, new SamplingOptions(solver, 1), n);
          float[] begin = Draws.normal(1, Purpose.SAMPLE_NOISE, 0, n, 2);
          double[] errors = new double[2 * n];
          for (int s = 0; s < n; s++) {
            double[] x = {begin[2 * s], begin[2 * s + 1]};
            Trajectories.rk4(OracleField.linear()::velocity, x, 500);
            for (int k = 0; k < 2; k++) {
              errors[2 * s + k] = Math.abs(end[2 * s + k] - x[k]);
            }
          }
          Arrays.sort(errors); // a NaN comes last
          return Double.isNaN(errors[2 * n - 1]) ? Double.NaN : errors[n] / tolerance;
        });
  }

  /** What a method of high order converges to is the flow. */
  static Identity limit(Tableau method) {
    return new Identity(
        "solver.limit",
        "%s with 256 steps ends where plain loops in double do: distance of three points"
            .formatted(method.name()),
        "Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.3",
        new Tolerance.AtMost(5e-7),
        "float32 constants of the graph, 6e-8 each, carried along the flow",
        _ -> distance(ends(method, 256), truth()));
  }

  /** Where three points end. */
  private static double[] ends(Tableau method, int steps) {
    var flow = GaussianMixtureFlow.plane();
    Dynamics f = (state, t) -> List.of(flow.velocity(state.getFirst(), t));
    var g = new Trace();
    Value begin = g.input("x", ValueType.sample(2));
    var solution = Solve.forward(method, steps).from(List.of(begin), f);
    return Reference.solve(
            solution, Map.of("x", solution.state().getFirst()), Map.of("x", BEGIN), 3)
        .get("x");
  }

  private static double distance(double[] a, double[] b) {
    double squares = 0;
    for (int k = 0; k < a.length; k++) {
      squares += (a[k] - b[k]) * (a[k] - b[k]);
    }
    return Math.sqrt(squares);
  }

  /** The ends of the trajectories, by 2000 classic Runge-Kutta steps in plain loops. */
  private static double[] truth() {
    return plainEnds(Tableau.RK4, 2000);
  }

  /** Where three points end, in plain loops. */
  private static double[] plainEnds(Tableau method, int steps) {
    double[] all = new double[BEGIN.length];
    for (int s = 0; s < BEGIN.length / 2; s++) {
      double[] x = {BEGIN[2 * s], BEGIN[2 * s + 1]};
      Trajectories.solve(method, GaussianMixtureFlow.plane()::velocity, x, steps);
      System.arraycopy(x, 0, all, 2 * s, 2);
    }
    return all;
  }
}
