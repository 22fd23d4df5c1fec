package dev.advect.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SolveTest {
  static Stream<Tableau> methods() {
    return Tableau.ALL.stream();
  }

  private static double[] solve(Solve solve, Dynamics f, int dim, double[] initial) {
    var g = new Trace();
    var solution = solve.from(List.of(g.input("x", ValueType.sample(dim))), f);
    var results = new LinkedHashMap<>(Map.of("x", solution.state().getFirst()));
    var graph = Graph.of("solve", results, solution.loop());
    var slice = Slice.batch(initial.length / dim, 0);
    return Interpreter.run(graph, Map.of("x", initial), slice, 0).results().get("x");
  }

  /** dx/dt = -(1 + t) x^2, so 1/x grows by t + t^2/2. */
  private static List<Value> decay(List<Value> state, Value t) {
    Value x = state.getFirst();
    return List.of(x.square().times(t.plus(1)).neg());
  }

  private static double decay(Tableau method, int steps, Solve.Direction direction) {
    double begin = direction == Solve.Direction.FORWARD ? 1 : 0.4;
    var solve = new Solve(method, steps, direction);
    return solve(solve, SolveTest::decay, 1, new double[] {begin})[0];
  }

  @ParameterizedTest
  @MethodSource("methods")
  void convergesWithItsOrderBothWays(Tableau method) {
    int steps = method.order() == 4 ? 8 : 64;
    for (Solve.Direction direction : Solve.Direction.values()) {
      // Weights such as 1/6 are floats: the limit of the method is off by 1e-8, which would hide
      // the order of the better methods. So errors are measured from that limit.
      double limit = decay(method, method.order() == 4 ? 512 : 1 << 13, direction);
      double coarse = Math.abs(decay(method, steps, direction) - limit);
      double fine = Math.abs(decay(method, 2 * steps, direction) - limit);
      assertThat(Math.log(coarse / fine) / Math.log(2))
          .as("%s %s", method.name(), direction)
          .isCloseTo(method.order(), within(0.15));
      double end = direction == Solve.Direction.FORWARD ? 0.4 : 1;
      assertThat(limit).isCloseTo(end, within(method.order() == 1 ? 2e-4 : 1e-6));
    }
  }

  @Test
  void eulerIsTheSumItIsDefinedAs() {
    double x = 1;
    for (int k = 0; k < 4; k++) {
      x += -0.25 * (1 + k / 4.0) * x * x;
    }
    double[] solved = solve(Solve.forward(Tableau.EULER, 4), SolveTest::decay, 1, new double[] {1});
    assertThat(solved[0]).isCloseTo(x, within(1e-15));
    for (int k = 4; k >= 1; k--) {
      x -= -0.25 * (1 + k / 4.0) * x * x;
    }
    double[] back = solve(Solve.backward(Tableau.EULER, 4), SolveTest::decay, 1, solved);
    assertThat(back[0]).isCloseTo(x, within(1e-15));
  }

  @Test
  void timesAreExactAtEveryStep() {
    var seen = new ArrayList<Value>();
    var g = new Trace();
    var x = g.input("x", ValueType.sample());
    var solution =
        Solve.backward(Tableau.EULER, 3)
            .from(
                List.of(x),
                (_, t) -> {
                  seen.add(t);
                  return List.of(t);
                });
    assertThat(seen).hasSize(1);
    assertThat(solution.loop().times()).isEqualTo(3);
    var results = new LinkedHashMap<>(Map.of("t", seen.getFirst()));
    var graph = Graph.of("times", results, solution.loop());
    var outcome = Interpreter.run(graph, Map.of("x", new double[] {0}), Slice.batch(1, 0), 0);
    assertThat(outcome.results().get("t")).containsExactly(0);
  }

  @Test
  void aPartIsAPartOfTheWhole() {
    var g = new Trace();
    Value k = g.input("k", ValueType.shared()).spread();
    Value x = g.input("x", ValueType.sample(1));
    var solution = Solve.forward(Tableau.RK4, 6).part(k, 2, List.of(x), SolveTest::decay);
    var results = new LinkedHashMap<>(Map.of("x", solution.state().getFirst()));
    var graph = Graph.of("part", results, solution.loop());
    double[] at = {1};
    for (double from : new double[] {0, 2, 4}) {
      at =
          Interpreter.run(graph, Map.of("k", new double[] {from}, "x", at), Slice.batch(1, 0), 0)
              .results()
              .get("x");
    }
    double[] whole = solve(Solve.forward(Tableau.RK4, 6), SolveTest::decay, 1, new double[] {1});
    assertThat(at).containsExactly(whole);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void convergesOnTheMixtureFlow(Tableau method) {
    var flow = GaussianMixtureFlow.plane();
    Dynamics f = (state, t) -> List.of(flow.velocity(state.getFirst(), t));
    double[] begin = {0.2, -0.4, -1.1, 0.9, 1.6, 0.1};
    double[] limit = solve(Solve.forward(Tableau.RK4_38, 256), f, 2, begin);
    for (int s = 0; s < 3; s++) {
      double[] x = {begin[2 * s], begin[2 * s + 1]};
      rk4(flow, x, 1000);
      assertThat(limit[2 * s]).isCloseTo(x[0], within(2e-7));
      assertThat(limit[2 * s + 1]).isCloseTo(x[1], within(2e-7));
    }
    int steps = method.order() == 4 ? 32 : 64;
    if (method.order() == 4) {
      limit = solve(Solve.forward(method, 256), f, 2, begin);
    }
    double[] errors = new double[2];
    for (int i = 0; i < 2; i++) {
      double[] x = solve(Solve.forward(method, steps << i), f, 2, begin);
      for (int k = 0; k < x.length; k++) {
        errors[i] += Math.pow(x[k] - limit[k], 2);
      }
    }
    assertThat(0.5 * Math.log(errors[0] / errors[1]) / Math.log(2))
        .isCloseTo(method.order(), within(0.15));
  }

  /** Moves x from t = 0 to 1 in plain loops. */
  private static void rk4(GaussianMixtureFlow flow, double[] x, int steps) {
    double h = 1.0 / steps;
    for (int k = 0; k < steps; k++) {
      double t = k * h;
      double[] a = flow.velocity(x, t);
      double[] b = flow.velocity(plus(x, 0.5 * h, a), t + 0.5 * h);
      double[] c = flow.velocity(plus(x, 0.5 * h, b), t + 0.5 * h);
      double[] d = flow.velocity(plus(x, h, c), t + h);
      for (int i = 0; i < x.length; i++) {
        x[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
      }
    }
  }

  private static double[] plus(double[] x, double h, double[] v) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += h * v[i];
    }
    return y;
  }

  @Test
  void refusesNoSteps() {
    assertThatThrownBy(() -> Solve.forward(Tableau.EULER, 0)).hasMessageContaining("not 0");
  }
}
