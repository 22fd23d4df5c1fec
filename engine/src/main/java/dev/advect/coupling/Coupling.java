package dev.advect.coupling;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;

/** A joint law q(x0, x1) of source and data points. */
public interface Coupling {
  /**
   * A source point and the data point it is paired with.
   *
   * @param x0 sample[dim]
   * @param x1 sample[dim]
   * @param row sample[], which row of the data x1 is
   */
  record Pair(Value x0, Value x1, Value row) {}

  /**
   * Draws a pair for every sample.
   *
   * @param data shared[rows, dim], the training data
   */
  Pair pair(Value data);

  /** The coupling as a JSON object with a member {@code kind}. */
  String json();

  /** Source and data are independent: x0 standard normal, x1 a row drawn with replacement. */
  static Coupling independent() {
    return new Independent();
  }

  /** Optimal transport within each batch: every source point is kept and gets a row of its own. */
  static ExactOt exactOt() {
    return new ExactOt(false, PlannedCoupling.CONDITION_WEIGHT);
  }

  /** Entropic optimal transport within each batch: every source point is kept. */
  static Sinkhorn sinkhorn(double epsilon) {
    return new Sinkhorn(epsilon, false, PlannedCoupling.CONDITION_WEIGHT);
  }

  /**
   * The coupling of a description made by {@link #json()}.
   *
   * @throws AdvectException if the description is broken or of an unknown kind
   */
  static Coupling fromJson(String json) {
    JsonObject object = JsonObject.parse("coupling", json);
    return switch (object.kind()) {
      case "independent" -> {
        object.only();
        yield new Independent();
      }
      case "exact-ot" -> ExactOt.of(object);
      case "sinkhorn" -> Sinkhorn.of(object);
      default ->
          throw new AdvectException(
              "there is no coupling of the kind '%s'".formatted(object.kind()),
              "known kinds: independent, exact-ot, sinkhorn");
    };
  }
}
