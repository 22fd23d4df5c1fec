package dev.advect.solve;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * An attempt of a step with a controlled error, written into a graph without branches: every sample
 * has its own time and step, and takes or rejects its own attempt.
 *
 * <p>What a sample carries from attempt to attempt are per-sample values with names: the state and
 * its slope, and the scalars named by the constants here. The next step is h clip(0.9 error^(-1/5),
 * 0.2, 10) (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4). A step
 * that would pass the target ends on it.
 *
 * @param solver the method, its tolerance and limits
 * @param direction which way the time runs
 * @param measured how many values of the state, from the first, the error is measured of
 */
public record AdaptiveStep(Adaptive solver, Direction direction, int measured) {
  /** The time. */
  public static final String TIME = "t";

  /** The size of the step to try next, positive. */
  public static final String STEP = "h";

  /** How many steps were taken. */
  public static final String ACCEPTED = "accepted";

  /** How many steps were rejected. */
  public static final String REJECTED = "rejected";

  /** The error norm of the last attempt; 1 is the tolerance. */
  public static final String ERROR = "error";

  /** The largest error norm of a step that was taken. */
  public static final String LARGEST_ERROR = "largest";

  /** What became of the sample: one of the constants below. */
  public static final String STATUS = "status";

  /** The status of a sample that has not reached the target. */
  public static final int GOING = 0;

  /** The status of a sample whose time is the target. */
  public static final int ARRIVED = 1;

  /** The status of a sample that has used up its steps. */
  public static final int OUT_OF_STEPS = 2;

  /** The status of a sample whose smallest step was rejected. */
  public static final int STEP_TOO_SMALL = 3;

  /** How often a start evaluates the right-hand side. */
  public static final int START_EVALUATIONS = 2;

  private static final List<String> SCALARS =
      List.of(TIME, STEP, ACCEPTED, REJECTED, ERROR, LARGEST_ERROR, STATUS);

  /** Where the time begins: 0 or 1. */
  public int begin() {
    return direction == Direction.FORWARD ? 0 : 1;
  }

  /** The name of a value of the state. */
  public static String state(int i) {
    return "y" + i;
  }

  private static String slope(int i) {
    return "slope" + i;
  }

  /** What a sample carries, as inputs of a graph. */
  public SequencedMap<String, Value> inputs(Trace g, List<ValueType> state) {
    var inputs = new LinkedHashMap<String, Value>();
    SCALARS.forEach(name -> inputs.put(name, g.input(name, ValueType.sample())));
    for (int i = 0; i < state.size(); i++) {
      inputs.put(state(i), g.input(state(i), state.get(i)));
      inputs.put(slope(i), g.input(slope(i), state.get(i)));
    }
    return inputs;
  }

  /**
   * What a sample carries at the beginning, with a first step chosen from the size of the slope and
   * of its change (Hairer, Norsett and Wanner, II.4).
   *
   * @param y the state
   * @param t sample[], the time: {@link #begin()} for each sample, and no constant, because a
   *     right-hand side may be made of derivatives by it
   * @param f the right-hand side
   */
  public SequencedMap<String, Value> start(List<Value> y, Value t, Dynamics f) {
    Trace g = y.getFirst().trace();
    Value zero = g.zeros(ValueType.sample());
    List<Value> slope = f.at(y, t);
    var carried = new LinkedHashMap<String, Value>();
    carried.put(TIME, t);
    carried.put(STEP, firstStep(y, slope, t, f));
    SCALARS.forEach(name -> carried.putIfAbsent(name, zero));
    put(carried, y, slope);
    return carried;
  }

  private Value firstStep(List<Value> y, List<Value> slope, Value t, Dynamics f) {
    Trace g = t.trace();
    Value size = norm(y, y, y);
    Value speed = norm(slope, y, y);
    Value tiny = size.min(speed).less(g.constant(1e-5));
    Value guess = tiny.select(g.constant(1e-4), size.over(speed).times(0.01)).min(1);
    Value h = guess.times(sign());
    List<Value> ahead = f.at(Tableau.moved(y, List.of(slope), List.of(1.0), h), t.plus(h));
    var change = new ArrayList<Value>();
    for (int i = 0; i < y.size(); i++) {
      change.add(ahead.get(i).minus(slope.get(i)));
    }
    Value curvature = norm(change, y, y).over(guess);
    Value exponent = g.constant(1.0 / solver.method().method().order());
    Value fitting = speed.max(curvature).max(1e-15).recip().times(0.01).pow(exponent);
    return limited(guess.times(100).min(fitting));
  }

  /**
   * What a sample carries after one more attempt; a sample that is not going carries what it did.
   *
   * @param carried what it carries before
   * @param target shared[], the time to reach
   * @param f the right-hand side
   */
  public SequencedMap<String, Value> attempt(
      SequencedMap<String, Value> carried, Value target, Dynamics f) {
    Trace g = target.trace();
    Value one = g.constant(1);
    int size = (carried.size() - SCALARS.size()) / 2;
    List<Value> y = new ArrayList<>();
    List<Value> slope = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      y.add(carried.get(state(i)));
      slope.add(carried.get(slope(i)));
    }
    Value t = carried.get(TIME);
    Value planned = carried.get(STEP);
    Value left = target.minus(t).times(sign());
    Value short_ = planned.less(left);
    // The step is what the rounded time moves by, so that time and state stay together.
    Value end = short_.select(t.plus(planned.times(sign())), target);
    Value h = end.minus(t);
    Value step = h.times(sign());

    Tableau method = solver.method().method();
    List<List<Value>> k = method.slopes(f, y, slope, t, h);
    List<Value> next = Tableau.moved(y, k, method.b(), h);
    Value error = error(y, next, k, h);
    Value taken = one.less(error).select(g.constant(0), one);
    Value exponent = g.constant(-1.0 / method.order());
    Value factor = error.max(1e-10).pow(exponent).times(0.9).max(0.2).min(10);
    Value fitting = step.times(factor);
    Value kept = short_.select(fitting, fitting.max(planned)); // landing says nothing against h

    var after = new LinkedHashMap<String, Value>();
    Value accepted = carried.get(ACCEPTED).plus(taken);
    Value rejected = carried.get(REJECTED).plus(one.minus(taken));
    after.put(TIME, taken.select(end, t));
    after.put(STEP, limited(taken.select(kept, fitting)));
    after.put(ACCEPTED, accepted);
    after.put(REJECTED, rejected);
    after.put(ERROR, error);
    Value largest = carried.get(LARGEST_ERROR);
    after.put(LARGEST_ERROR, taken.select(largest.max(error), largest));
    Value used = g.constant(solver.maxSteps() - 0.5).less(accepted.plus(rejected));
    Value open = used.select(g.constant(OUT_OF_STEPS), g.constant(GOING));
    Value small = g.constant(solver.minStep()).less(step).select(open, g.constant(STEP_TOO_SMALL));
    Value landed = short_.select(open, g.constant(ARRIVED));
    after.put(STATUS, taken.select(landed, small));
    put(after, selected(taken, next, y), selected(taken, k.getLast(), slope));
    return frozen(carried, after);
  }

  /** The estimated error, in tolerances: its largest coordinate. */
  private Value error(List<Value> y, List<Value> next, List<List<Value>> k, Value h) {
    var zeros = new ArrayList<Value>();
    y.forEach(v -> zeros.add(v.trace().zeros(v.type())));
    return norm(Tableau.moved(zeros, k, solver.method().errorWeights(), h), y, next);
  }

  /** max_i |e_i| / (atol + rtol max(|y_i|, |z_i|)); {@link Outcome#NOT_FINITE} if it is not. */
  private Value norm(List<Value> e, List<Value> y, List<Value> z) {
    Value worst = null;
    Value sum = null;
    for (int i = 0; i < measured; i++) {
      Value size = y.get(i).abs().max(z.get(i).abs());
      // The smallest scale keeps 0 / 0 away where atol is 0.
      Value scale = size.times(solver.relative()).plus(solver.absolute()).max(1e-30);
      Value ratio = e.get(i).abs().over(scale);
      worst = worst == null ? ratio.maxOver() : worst.max(ratio.maxOver());
      sum = sum == null ? ratio.sum() : sum.plus(ratio.sum());
    }
    // A comparison with a NaN is false, while a maximum may pass it over.
    Trace g = sum.trace();
    Value large = g.constant(Outcome.NOT_FINITE);
    return sum.less(large).select(worst, large);
  }

  /** A step within the limits; the smallest one in place of a NaN. */
  private Value limited(Value step) {
    Trace g = step.trace();
    Value least = g.constant(solver.minStep());
    return step.less(g.constant(1)).select(step.max(least), one(step, least));
  }

  /** 1 in place of a larger number, the least step in place of a NaN. */
  private static Value one(Value step, Value least) {
    Value one = step.trace().constant(1);
    return step.less(one.times(Float.MAX_VALUE)).select(one, least);
  }

  private int sign() {
    return direction == Direction.FORWARD ? 1 : -1;
  }

  private static List<Value> selected(Value condition, List<Value> a, List<Value> b) {
    var selected = new ArrayList<Value>();
    for (int i = 0; i < a.size(); i++) {
      selected.add(condition.select(a.get(i), b.get(i)));
    }
    return selected;
  }

  private static SequencedMap<String, Value> frozen(
      SequencedMap<String, Value> before, SequencedMap<String, Value> after) {
    Value going = before.get(STATUS).equal(before.get(STATUS).trace().constant(GOING));
    var frozen = new LinkedHashMap<String, Value>();
    after.forEach((name, v) -> frozen.put(name, going.select(v, before.get(name))));
    return frozen;
  }

  private static void put(SequencedMap<String, Value> carried, List<Value> y, List<Value> slope) {
    for (int i = 0; i < y.size(); i++) {
      carried.put(state(i), y.get(i));
      carried.put(slope(i), slope.get(i));
    }
  }
}
