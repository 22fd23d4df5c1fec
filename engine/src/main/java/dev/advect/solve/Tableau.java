package dev.advect.solve;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An explicit Runge-Kutta method (Butcher tableau).
 *
 * <p>Stage i evaluates the right-hand side at time t + c_i h and state y + h sum_j a_ij k_j; the
 * step ends at y + h sum_i b_i k_i.
 *
 * @param name the name used in configurations
 * @param a the rows of the matrix below its diagonal: row i has i coefficients
 * @param b the weights of the stages
 * @param c the times of the stages
 * @param order the order of convergence
 */
public record Tableau(
    String name, List<List<Double>> a, List<Double> b, List<Double> c, int order) {

  /** y + h f(y, t): order 1, one evaluation a step. */
  public static final Tableau EULER =
      new Tableau("euler", List.of(List.of()), List.of(1.0), List.of(0.0), 1);

  /** The explicit midpoint rule: order 2, two evaluations a step. */
  public static final Tableau MIDPOINT =
      new Tableau(
          "midpoint", List.of(List.of(), List.of(0.5)), List.of(0.0, 1.0), List.of(0.0, 0.5), 2);

  /** Heun's method, the explicit trapezoidal rule: order 2, two evaluations a step. */
  public static final Tableau HEUN =
      new Tableau(
          "heun", List.of(List.of(), List.of(1.0)), List.of(0.5, 0.5), List.of(0.0, 1.0), 2);

  /** The classic method of Runge and Kutta: order 4, four evaluations a step. */
  public static final Tableau RK4 =
      new Tableau(
          "rk4",
          List.of(List.of(), List.of(0.5), List.of(0.0, 0.5), List.of(0.0, 0.0, 1.0)),
          List.of(1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6),
          List.of(0.0, 0.5, 0.5, 1.0),
          4);

  /** Kutta's 3/8 rule, which some libraries call rk4: order 4, four evaluations a step. */
  public static final Tableau RK4_38 =
      new Tableau(
          "rk4-38",
          List.of(List.of(), List.of(1.0 / 3), List.of(-1.0 / 3, 1.0), List.of(1.0, -1.0, 1.0)),
          List.of(1.0 / 8, 3.0 / 8, 3.0 / 8, 1.0 / 8),
          List.of(0.0, 1.0 / 3, 2.0 / 3, 1.0),
          4);

  /** The methods of equal steps that have names. */
  public static final List<Tableau> ALL = List.of(EULER, MIDPOINT, HEUN, RK4, RK4_38);

  /**
   * Checks that the method is explicit and consistent: c_i = sum_j a_ij, sum b = 1, and for order 2
   * and above sum b_i c_i = 1/2.
   */
  public Tableau {
    a = a.stream().map(List::copyOf).toList();
    b = List.copyOf(b);
    c = List.copyOf(c);
    if (a.size() != b.size() || c.size() != b.size() || b.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has %d rows, %d weights and %d times".formatted(name, a.size(), b.size(), c.size()));
    }
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i).size() != i) {
        throw new IllegalArgumentException(
            "row %d of the explicit method %s has %d coefficients"
                .formatted(i, name, a.get(i).size()));
      }
      require(name, "the sum of row " + i, sum(a.get(i)), c.get(i));
    }
    require(name, "the sum of the weights", sum(b), 1);
    if (order >= 2) {
      double moment = 0;
      for (int i = 0; i < b.size(); i++) {
        moment += b.get(i) * c.get(i);
      }
      require(name, "the weighted sum of the times", moment, 0.5);
    }
  }

  private static void require(String name, String what, double found, double wanted) {
    if (!(Math.abs(found - wanted) < 1e-12)) {
      throw new IllegalArgumentException(
          "%s of %s is %s where %s is needed".formatted(what, name, found, wanted));
    }
  }

  private static double sum(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The method of a configuration's name. */
  public static Tableau of(String name) {
    return ALL.stream()
        .filter(tableau -> tableau.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new AdvectException(
                    "there is no solver '%s'".formatted(name),
                    "use one of "
                        + ALL.stream().map(Tableau::name).collect(Collectors.joining(", "))));
  }

  /** How often a step evaluates the right-hand side. */
  public int stages() {
    return b.size();
  }

  /**
   * Whether the last stage is the slope at the end of the step, so that the next step can begin
   * with it.
   */
  public boolean firstSameAsLast() {
    int last = stages() - 1;
    return c.get(last) == 1 && b.get(last) == 0 && a.get(last).equals(b.subList(0, last));
  }

  /**
   * Writes one step.
   *
   * @param f the right-hand side
   * @param y the state before the step
   * @param t sample[], the time before the step
   * @param h the step; negative to go back in time
   * @return the state after the step
   */
  public List<Value> step(Dynamics f, List<Value> y, Value t, double h) {
    return step(f, y, t, t.trace().constant(h));
  }

  /** As {@link #step(Dynamics, List, Value, double)} for a step that is a scalar of the graph. */
  public List<Value> step(Dynamics f, List<Value> y, Value t, Value h) {
    return moved(y, slopes(f, y, f.at(y, t), t, h), b, h);
  }

  /**
   * The slopes of a step's stages.
   *
   * @param first the slope at y and t
   */
  List<List<Value>> slopes(Dynamics f, List<Value> y, List<Value> first, Value t, Value h) {
    var k = new ArrayList<List<Value>>();
    k.add(first);
    for (int i = 1; i < stages(); i++) {
      k.add(f.at(moved(y, k, a.get(i), h), t.plus(h.times(c.get(i)))));
    }
    return k;
  }

  /** y + sum_j (h w_j) k_j. */
  static List<Value> moved(List<Value> y, List<List<Value>> k, List<Double> weights, Value h) {
    var moved = new ArrayList<>(y);
    for (int n = 0; n < moved.size(); n++) {
      for (int j = 0; j < weights.size(); j++) {
        if (weights.get(j) != 0) {
          moved.set(n, moved.get(n).plus(k.get(j).get(n).times(h.times(weights.get(j)))));
        }
      }
    }
    return moved;
  }
}
