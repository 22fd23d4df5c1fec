package dev.advect.solve;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A Runge-Kutta method with a second set of weights, whose difference estimates the error of a
 * step.
 *
 * @param method the method whose result is kept; its last stage is the first of the next step
 * @param embedded the weights of the method it is compared with
 * @param embeddedOrder the order of that one
 */
public record EmbeddedTableau(Tableau method, List<Double> embedded, int embeddedOrder) {
  /**
   * The pair of orders 5 and 4 of Dormand and Prince (1980), table 2; Hairer, Norsett and Wanner,
   * Solving Ordinary Differential Equations I, table 5.2.
   */
  public static final EmbeddedTableau DORMAND_PRINCE =
      new EmbeddedTableau(
          new Tableau(
              "dopri5",
              List.of(
                  List.of(),
                  List.of(1.0 / 5),
                  List.of(3.0 / 40, 9.0 / 40),
                  List.of(44.0 / 45, -56.0 / 15, 32.0 / 9),
                  List.of(19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729),
                  List.of(9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656),
                  List.of(35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84)),
              List.of(35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0.0),
              List.of(0.0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1.0, 1.0),
              5),
          List.of(
              5179.0 / 57600,
              0.0,
              7571.0 / 16695,
              393.0 / 640,
              -92097.0 / 339200,
              187.0 / 2100,
              1.0 / 40),
          4);

  /** Checks that both methods are consistent and that the last stage begins the next step. */
  public EmbeddedTableau {
    embedded = List.copyOf(embedded);
    // The other method is a tableau of the same stages, and is checked as one.
    var other =
        new Tableau(method.name() + "'s other", method.a(), embedded, method.c(), embeddedOrder);
    if (!method.firstSameAsLast()) {
      throw new IllegalArgumentException(
          "the last stage of %s is not the first of its next step".formatted(method.name()));
    }
    if (other.b().equals(method.b())) {
      throw new IllegalArgumentException(
          "the two methods of %s are the same".formatted(method.name()));
    }
  }

  /** The name used in configurations. */
  public String name() {
    return method.name();
  }

  /**
   * What is to be multiplied with h k_i and summed to estimate the error of a step; its sum is 0.
   */
  public List<Double> errorWeights() {
    return IntStream.range(0, embedded.size())
        .mapToObj(i -> method.b().get(i) - embedded.get(i))
        .toList();
  }

  /** How often an attempt evaluates the right-hand side, whose first slope is known. */
  public int evaluations() {
    return method.stages() - 1;
  }
}
