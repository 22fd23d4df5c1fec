package dev.advect.nn;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.Optional;

/**
 * A velocity field v(x, t) or v(x, t | c) with parameters, written for one sample. It does not
 * change: asked twice, it gives the same equations.
 */
public interface Field {
  /** The dimension of the space it moves points in. */
  int dim();

  /** What it is conditioned on; none unless it says otherwise. */
  default Condition condition() {
    return Condition.none();
  }

  /**
   * v(x, t), without a condition.
   *
   * @param parameters where its weights come from
   * @param x sample[dim]
   * @param t sample[], from 0 (noise) to 1 (data)
   * @return sample[dim]
   */
  Value velocity(Parameters parameters, Value x, Value t);

  /**
   * v(x, t | c).
   *
   * @param parameters where its weights come from
   * @param x sample[dim]
   * @param t sample[], from 0 (noise) to 1 (data)
   * @param condition sample[size]: the {@link Condition#features} of c; empty for no condition
   * @return sample[dim]
   */
  default Value velocity(Parameters parameters, Value x, Value t, Optional<Value> condition) {
    if (condition.isPresent()) {
      throw new IllegalArgumentException("the field %s has no conditions".formatted(json()));
    }
    return velocity(parameters, x, t);
  }

  /** The architecture as a JSON object with a member {@code kind}, kept beside the weights. */
  String json();

  /**
   * The field of a description made by {@link #json()}.
   *
   * @throws AdvectException if the description is broken or of an unknown kind
   */
  static Field fromJson(String json) {
    JsonObject object = JsonObject.parse("field", json);
    return switch (object.kind()) {
      case "mlp" -> Mlp.of(object);
      default ->
          throw new AdvectException(
              "there is no field of the kind '%s'".formatted(object.kind()), "known kinds: mlp");
    };
  }
}
