package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Solve;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import java.util.ArrayList;
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
    all.add(limit(Tableau.RK4_38));
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
    double[] all = new double[BEGIN.length];
    for (int s = 0; s < BEGIN.length / 2; s++) {
      double[] x = {BEGIN[2 * s], BEGIN[2 * s + 1]};
      Trajectories.rk4(GaussianMixtureFlow.plane()::velocity, x, 2000);
      System.arraycopy(x, 0, all, 2 * s, 2);
    }
    return all;
  }
}
