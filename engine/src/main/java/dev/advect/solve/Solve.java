package dev.advect.solve;

import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * A solve from one end of the time to the other in equal steps, written as a loop.
 *
 * <p>The loop carries the state and a counter k of whole steps, from 0 up or from {@code steps}
 * down; the time of a pass is k/steps, correctly rounded, so that it is the same number for every
 * engine and never drifts.
 *
 * @param method the Runge-Kutta method
 * @param steps how many steps make up the whole of [0, 1]
 * @param direction which way
 */
public record Solve(Tableau method, int steps, Direction direction) {
  /** Which way the time runs. */
  public enum Direction {
    /** From t = 0 (noise) to t = 1 (data). */
    FORWARD,
    /** From t = 1 (data) to t = 0 (noise). */
    BACKWARD
  }

  /**
   * A solve in a graph.
   *
   * @param loop the loop, for the graph
   * @param state the state after the last pass
   */
  public record Solution(Repeat loop, List<Value> state) {}

  /** Checks the number of steps. */
  public Solve {
    if (steps < 1 || steps > Solver.MOST_STEPS) {
      throw new IllegalArgumentException("a solve has 1 to 2^24 steps, not " + steps);
    }
  }

  /** From noise to data. */
  public static Solve forward(Tableau method, int steps) {
    return new Solve(method, steps, Direction.FORWARD);
  }

  /** From noise to data. */
  public static Solve forward(Solver.FixedSteps solver) {
    return forward(solver.method(), solver.steps());
  }

  /** From data to noise. */
  public static Solve backward(Tableau method, int steps) {
    return new Solve(method, steps, Direction.BACKWARD);
  }

  /** From data to noise. */
  public static Solve backward(Solver.FixedSteps solver) {
    return backward(solver.method(), solver.steps());
  }

  /** The whole solve, from one end to the other. */
  public Solution from(List<Value> initial, Dynamics f) {
    Trace g = initial.getFirst().trace();
    int first = direction == Direction.FORWARD ? 0 : steps;
    return part(g.constant(first, ValueType.sample()), steps, initial, f);
  }

  /**
   * A part of the solve.
   *
   * @param k sample[], the counter it begins with: the time is k/steps
   * @param passes how many steps it takes, at least 0
   * @param initial the state it begins with: per-sample values
   * @param f the right-hand side
   */
  public Solution part(Value k, int passes, List<Value> initial, Dynamics f) {
    Trace g = k.trace();
    int sign = direction == Direction.FORWARD ? 1 : -1;
    Value counter = g.carry("k");
    var y = new ArrayList<Value>();
    for (Value v : initial) {
      y.add(g.carry("y" + y.size(), v.dims().stream().mapToInt(i -> i).toArray()));
    }
    Value t = counter.over(g.constant(steps));
    var carried = new ArrayList<>(y);
    var begin = new ArrayList<>(initial);
    var next = new ArrayList<>(method.step(f, y, t, (double) sign / steps));
    carried.add(counter);
    begin.add(k);
    next.add(counter.plus(sign));
    return new Solution(new Repeat(passes, carried, begin, next), List.copyOf(y));
  }
}
