package dev.advect.likelihood;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.solve.Tableau;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BinaryOperator;

/**
 * The sampler of N forward Euler steps as what it is, a map from noise to samples, and the change
 * of variables by it.
 *
 * <p>Step k + 1 of N maps y to x = y + h v(y, k/N) with h = 1/N, and the log-density falls by log
 * |det(I + h J)| with the Jacobian J of v at y and k/N. So the log-density of a sample is that of
 * its noise less the sum of these, exactly and not up to the order of the method; as in a residual
 * flow (Behrmann et al. 2019, arXiv 1811.00995), the map is invertible where h |J| &lt; 1. Where
 * det(I + h J) is negative a step has folded space: several points have the same image, and the
 * sampler has no density of this form.
 *
 * @param velocity v(x, t): (sample[dim], sample[]) to sample[dim]
 * @param steps N
 */
public record EulerMap(BinaryOperator<Value> velocity, int steps) {
  /** The point whose origin is sought: the sample at first, the noise at the end. */
  public static final String X = "x";

  /** The guess of where the step came from. */
  public static final String Y = "y";

  /** How many steps are still to be undone. */
  public static final String K = "k";

  /** The sum of log |det(I + h J)| over the steps that have been undone. */
  public static final String CHANGE = "change";

  /** How many passes the step at hand has had. */
  public static final String TRIES = "tries";

  /** How many passes there have been. */
  public static final String PASSES = "passes";

  /** The largest element of |y + h v - x|, before the last pass changed y. */
  public static final String RESIDUAL = "residual";

  /** The smallest pivot of I + h J in the last pass. */
  public static final String PIVOT = "pivot";

  /** 0 while a sample is going, 1 when it is at the noise, {@link #STUCK} or {@link #FOLDED}. */
  public static final String STATUS = "status";

  /** The smallest sign of det(I + h J) of the steps so far: -1, 0 or 1. */
  public static final String SIGN = "sign";

  /** The names of what a sample carries that is one number. */
  public static final List<String> SCALARS =
      List.of(K, CHANGE, TRIES, PASSES, RESIDUAL, PIVOT, SIGN, STATUS);

  /** The status of a sample one of whose steps could not be undone. */
  public static final int STUCK = 2;

  /** The status of a sample one of whose steps folds space. */
  public static final int FOLDED = 3;

  /** The most passes of one step. */
  public static final int MOST_TRIES = 40;

  /**
   * Values with the loop they follow from.
   *
   * @param loop for the graph
   * @param values by name
   */
  public record Traced(Repeat loop, SequencedMap<String, Value> values) {}

  /** v and I + h J at a point and a time. */
  private record Linearized(Value v, Value matrix) {}

  private Linearized at(Value y, Value k) {
    Trace g = y.trace();
    Value v = velocity.apply(y, k.over(g.constant(steps)));
    Value unit = g.identity(y.size());
    // The rows of the stack are J e_i, the columns of J.
    Value columns = Autodiff.jvp(List.of(v), List.of(y), List.of(unit)).getFirst();
    Value matrix = columns.transpose(1, 0).times(1.0 / steps).plus(unit);
    return new Linearized(v, matrix);
  }

  private Value stepped(Value y, Value v) {
    return Tableau.EULER
        .step((_, _) -> List.of(v), List.of(y), v.trace().constant(0), 1.0 / steps)
        .getFirst();
  }

  /**
   * A step of the sampler, and what it does to the log-density: results {@link #X}, {@link
   * #CHANGE}, {@link #SIGN} and {@link #PIVOT}.
   *
   * @param y sample[dim]: the point before the step
   * @param change sample[]: the sum of log |det(I + h J)| before it
   * @param k sample[]: how many steps were made before
   */
  public Traced forward(Value y, Value change, Value k) {
    Linearized at = at(y, k);
    Elimination system = Elimination.of(at.matrix(), y);
    var values = new LinkedHashMap<String, Value>();
    values.put(X, stepped(y, at.v()));
    values.put(CHANGE, change.plus(system.logDeterminant()));
    values.put(SIGN, system.sign());
    values.put(PIVOT, system.smallestPivot());
    return new Traced(system.loop(), values);
  }

  /**
   * A pass of Newton's method at undoing the step that led to x: y becomes y - (I + h J)^-1 (y + h
   * v - x). Where the residual was within the tolerance the step is undone: log |det(I + h J)| is
   * added, and the next step is begun from a guess on the line through x and y.
   *
   * @param carried what a sample carries, by the names of this class; one whose status is not 0
   *     carries it on
   * @param tolerance the residual that is small enough, for numbers of size 1
   */
  public Traced newton(SequencedMap<String, Value> carried, double tolerance) {
    Value x = carried.get(X);
    Value y = carried.get(Y);
    Value k = carried.get(K);
    Trace g = x.trace();
    Linearized at = at(y, k.minus(1));
    Value difference = stepped(y, at.v()).minus(x);
    Elimination system = Elimination.of(at.matrix(), difference);
    Value better = y.minus(system.solution());

    Value residual = difference.abs().maxOver();
    Value size = x.abs().maxOver().max(at.v().abs().maxOver().times(1.0 / steps)).max(1);
    // A sum carries a NaN, which a maximum may pass over; a comparison with a NaN is false.
    Value total = difference.abs().sum().plus(system.logDeterminant().abs());
    Value finite = total.less(g.constant(1e30));
    Value one = g.constant(1);
    Value zero = g.constant(0);
    Value small = residual.less(size.times(tolerance)).select(finite, zero);
    Value left = k.minus(small);
    Value tries = small.select(zero, carried.get(TRIES).plus(1));
    Value stuck = tries.less(g.constant(MOST_TRIES)).select(zero, g.constant(STUCK));

    var after = new LinkedHashMap<String, Value>();
    after.put(X, small.select(better, x));
    after.put(Y, small.select(better.times(2).minus(x), better));
    after.put(K, left);
    after.put(CHANGE, carried.get(CHANGE).plus(small.select(system.logDeterminant(), zero)));
    after.put(TRIES, tries);
    after.put(PASSES, carried.get(PASSES).plus(1));
    after.put(RESIDUAL, finite.select(residual, g.constant(1e30)));
    after.put(PIVOT, system.smallestPivot());
    after.put(SIGN, system.sign());
    Value open = left.less(g.constant(0.5)).select(one, stuck);
    Value folded = small.times(system.sign().less(zero));
    after.put(STATUS, folded.select(g.constant(FOLDED), open));
    Value going = carried.get(STATUS).equal(zero);
    var values = new LinkedHashMap<String, Value>();
    after.forEach((name, v) -> values.put(name, going.select(v, carried.get(name))));
    return new Traced(system.loop(), values);
  }
}
