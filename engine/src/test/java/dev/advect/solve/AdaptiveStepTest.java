package dev.advect.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In double precision, attempt by attempt. */
class AdaptiveStepTest {
  private static final double[] BEGIN = {0.2, -0.4, -1.1, 0.9, 1.6, 0.1};
  private static final GaussianMixtureFlow MIXTURE = GaussianMixtureFlow.plane();

  private static List<Value> mixture(List<Value> state, Value t) {
    return List.of(MIXTURE.velocity(state.getFirst(), t));
  }

  /** Runs attempts until no sample is going; one state value of {@code dim} numbers. */
  private static Map<String, double[]> solve(
      Adaptive solver, Direction direction, Dynamics f, int dim, double[] begin, double target) {
    var step = new AdaptiveStep(solver, direction, 1);
    var slice = Slice.batch(begin.length / dim, 0);
    double[] times = new double[slice.count()];
    Arrays.fill(times, step.begin());
    var g = new Trace();
    var start =
        step.start(
            List.of(g.input("x", ValueType.sample(dim))), g.input("t", ValueType.sample()), f);
    Map<String, double[]> carried =
        Interpreter.run(Graph.of("start", start), Map.of("x", begin, "t", times), slice, 0)
            .results();
    var a = new Trace();
    Value end = a.input("target", ValueType.shared());
    var next = step.attempt(step.inputs(a, List.of(ValueType.sample(dim))), end, f);
    Graph attempt = Graph.of("attempt", next);
    while (Arrays.stream(carried.get(AdaptiveStep.STATUS)).anyMatch(s -> s == 0)) {
      var inputs = new HashMap<>(carried);
      inputs.put("target", new double[] {target});
      carried = Interpreter.run(attempt, inputs, slice, 0).results();
    }
    return carried;
  }

  private static double[] ends(Map<String, double[]> carried) {
    assertThat(carried.get(AdaptiveStep.STATUS)).containsOnly(AdaptiveStep.ARRIVED);
    return carried.get(AdaptiveStep.state(0));
  }

  private static double[] forward(double tolerance) {
    Adaptive solver = Solver.dopri5(tolerance, tolerance);
    return ends(solve(solver, Direction.FORWARD, AdaptiveStepTest::mixture, 2, BEGIN, 1));
  }

  /** The mean over points of the error of a solve to a tolerance. */
  private static double error(double tolerance, double[] limit, double[] begin) {
    Adaptive solver = Solver.dopri5(tolerance, tolerance);
    double[] x = ends(solve(solver, Direction.FORWARD, AdaptiveStepTest::mixture, 2, begin, 1));
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.abs(x[i] - limit[i]);
    }
    return sum / x.length;
  }

  @Test
  void theErrorFollowsTheTolerance() {
    double[] begin = Numbers.normal(3, 60);
    Adaptive best = Solver.dopri5(6e-8, 0);
    double[] limit = ends(solve(best, Direction.FORWARD, AdaptiveStepTest::mixture, 2, begin, 1));
    double[] errors = new double[4];
    for (int i = 0; i < 4; i++) {
      double tolerance = Math.pow(10, -3 - i);
      errors[i] = error(tolerance, limit, begin);
      // A step's error is within the tolerance, and these solves have three to ten of them.
      assertThat(errors[i]).isBetween(tolerance / 20, 10 * tolerance);
    }
    for (int i = 1; i < 4; i++) {
      assertThat(errors[i - 1] / errors[i]).isBetween(4.0, 40.0);
    }
  }

  @Test
  void theWayBackEndsWhereTheWayBegan() {
    Adaptive solver = Solver.dopri5(1e-7, 1e-7);
    double[] back =
        ends(solve(solver, Direction.BACKWARD, AdaptiveStepTest::mixture, 2, forward(1e-7), 0));
    assertThat(back).containsExactly(BEGIN, within(5e-6));
  }

  /** dx/dt = a x with a of the sample: what is fast takes more steps, and none for the others. */
  @Test
  void everySampleHasStepsOfItsOwn() {
    Dynamics f =
        (state, _) -> {
          Value x = state.getFirst();
          Value rate = x.slice(0, 1, 2);
          Value moved = x.slice(0, 0, 1).times(rate);
          return List.of(x.trace().concat(0, moved, rate.times(0)));
        };
    Adaptive solver = Solver.dopri5(1e-6, 1e-6);
    double[] begin = {1, -0.5, 1, -5, 1, -50};
    var together = solve(solver, Direction.FORWARD, f, 2, begin, 1);
    double[] x = ends(together);
    for (int i = 0; i < 3; i++) {
      assertThat(x[2 * i]).isCloseTo(Math.exp(begin[2 * i + 1]), within(5e-6));
    }
    double[] accepted = together.get(AdaptiveStep.ACCEPTED);
    assertThat(accepted[0]).isLessThan(accepted[1]);
    assertThat(accepted[1]).isLessThan(accepted[2]);
    for (int i = 0; i < 3; i++) {
      var alone = solve(solver, Direction.FORWARD, f, 2, new double[] {1, begin[2 * i + 1]}, 1);
      assertThat(alone.get(AdaptiveStep.ACCEPTED)[0]).isEqualTo(accepted[i]);
      assertThat(ends(alone)[0]).isEqualTo(x[2 * i]);
    }
    assertThat(Arrays.stream(together.get(AdaptiveStep.LARGEST_ERROR)))
        .allMatch(e -> e > 0 && e <= 1);
  }

  @Test
  void aSolveEndsOnItsTarget() {
    for (double target : new double[] {0.1, 1.0 / 3, 0.9999}) {
      var carried =
          solve(
              Solver.dopri5(1e-4, 1e-4),
              Direction.FORWARD,
              AdaptiveStepTest::mixture,
              2,
              BEGIN,
              target);
      assertThat(carried.get(AdaptiveStep.TIME)).containsOnly(target);
    }
  }

  @Test
  void aConstantVelocityTakesFewSteps() {
    Dynamics f = (state, _) -> List.of(state.getFirst().trace().ones(ValueType.sample(1)));
    var carried =
        solve(Solver.dopri5(1e-6, 1e-6), Direction.FORWARD, f, 1, new double[] {0, 3, -2}, 1);
    assertThat(ends(carried)).containsExactly(new double[] {1, 4, -1}, within(1e-6));
    assertThat(Arrays.stream(carried.get(AdaptiveStep.ACCEPTED))).allMatch(steps -> steps <= 8);
    assertThat(carried.get(AdaptiveStep.REJECTED)).containsOnly(0);
    Dynamics rest = (state, _) -> List.of(state.getFirst().times(0));
    assertThat(
            ends(solve(Solver.dopri5(1e-6, 0), Direction.FORWARD, rest, 1, new double[] {0, 3}, 1)))
        .containsExactly(0, 3);
  }

  /** dx/dt = x^2 from 1 is 1/(1 - t), infinite at t = 1. */
  @Test
  void tellsWhereItCannotGoOn() {
    Dynamics f = (state, _) -> List.of(state.getFirst().square());
    double[] begin = {0.5, 2};
    Adaptive solver = Solver.dopri5(1e-6, 1e-6);
    var stuck = solve(solver.within(1e-4, 10_000), Direction.FORWARD, f, 1, begin, 1);
    assertThat(stuck.get(AdaptiveStep.STATUS))
        .containsExactly(AdaptiveStep.ARRIVED, AdaptiveStep.STEP_TOO_SMALL);
    assertThat(stuck.get(AdaptiveStep.state(0))[0]).isCloseTo(1, within(1e-5));
    assertThat(stuck.get(AdaptiveStep.TIME)[1]).isBetween(0.48, 0.5);
    assertThat(stuck.get(AdaptiveStep.ERROR)[1]).isGreaterThan(1);
    assertThat(stuck.get(AdaptiveStep.STEP)[1]).isCloseTo(1e-4, within(1e-9));

    var spent = solve(solver.within(1e-6, 12), Direction.FORWARD, f, 1, begin, 1);
    assertThat(spent.get(AdaptiveStep.STATUS)[1]).isEqualTo(AdaptiveStep.OUT_OF_STEPS);
    assertThat(spent.get(AdaptiveStep.ACCEPTED)[1] + spent.get(AdaptiveStep.REJECTED)[1])
        .isEqualTo(12);
  }

  @Test
  void aVelocityThatIsNoNumberIsAStepTooSmall() {
    Dynamics f =
        (state, t) -> {
          Value x = state.getFirst();
          return List.of(x.times(0).plus(t.neg().plus(0.5).sqrt().stretch(x.dims())));
        };
    var carried = solve(Solver.dopri5(1e-5, 1e-5), Direction.FORWARD, f, 2, new double[] {1, 2}, 1);
    assertThat(carried.get(AdaptiveStep.STATUS)).containsExactly(AdaptiveStep.STEP_TOO_SMALL);
    assertThat(carried.get(AdaptiveStep.TIME)[0]).isBetween(0.4, 0.5);
    assertThat(carried.get(AdaptiveStep.ERROR)[0]).isEqualTo((float) Outcome.NOT_FINITE);
    assertThat(Arrays.stream(carried.get(AdaptiveStep.state(0)))).allMatch(Double::isFinite);
    Dynamics never = (state, _) -> List.of(state.getFirst().square().neg().minus(1).log());
    assertThat(
            solve(Solver.dopri5(1e-5, 1e-5), Direction.FORWARD, never, 1, new double[] {1}, 1)
                .get(AdaptiveStep.STATUS))
        .containsExactly(AdaptiveStep.STEP_TOO_SMALL);
  }

  @Test
  void failuresSayWhereAndWhatWouldHelp() {
    Adaptive solver = Solver.dopri5(1e-6, 1e-5);
    new Outcome.Arrived().orThrow(solver, 0, 9);
    assertThatThrownBy(() -> new Outcome.OutOfSteps(7, 0.25, 1e-3, 1.5).orThrow(solver, 2, 9))
        .isInstanceOf(AdvectException.class)
        .hasMessage(
            "dopri5 with rtol 1.0E-6 and atol 1.0E-5 has used up the 10000 steps of sample 7 at t ="
                + " 0.250000, where its step is 0.0010 and the error of the last one 1.50 times"
                + " the tolerance; so have 2 of 9 samples");
    assertThatThrownBy(() -> new Outcome.StepTooSmall(3, 0.5, 1e-6, 40).orThrow(solver, 1, 9))
        .isInstanceOfSatisfying(
            AdvectException.class, e -> assertThat(e.hint()).contains("--rtol", "--min-step"))
        .hasMessageContainingAll("sample 3", "t = 0.5", "40.0 times the tolerance", "1 of 9");
    assertThatThrownBy(
            () -> new Outcome.StepTooSmall(3, 0.5, 1e-6, Outcome.NOT_FINITE).orThrow(solver, 1, 9))
        .hasMessageContaining("not a finite number");
  }

  @Test
  void refusesTolerancesThatFloatsCannotMeet() {
    assertThatThrownBy(() -> Solver.dopri5(1e-9, 1e-9))
        .isInstanceOf(AdvectException.class)
        .hasMessageContainingAll("rtol 1.0E-9", "2.0e-09", "6.0e-08");
    assertThatThrownBy(() -> Solver.dopri5(-1, 1e-6)).hasMessageContaining("rtol -1.0");
    assertThatThrownBy(() -> Solver.dopri5(1e-6, Double.NaN)).hasMessageContaining("atol NaN");
    assertThatThrownBy(() -> Solver.dopri5(1e-6, 0).within(1e-8, 5))
        .hasMessageContaining("smallest step of 1.0E-8");
    assertThatThrownBy(() -> Solver.dopri5(1e-6, 0).within(1e-3, 0))
        .hasMessageContaining("at most 0 steps");
  }
}
