package dev.advect.nn;

import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A multilayer perceptron on (x, features of t).
 *
 * <p>Its parameters are {@code layers.{i}.weight} of [out, in] and {@code layers.{i}.bias} of
 * [out], as PyTorch lays them out. The input of layer 0 is x followed by the time features; the
 * activation stands between layers and not after the last.
 *
 * @param dim the dimension of x and of the velocity
 * @param hidden the widths of the hidden layers; empty for an affine field
 * @param activation what stands between layers
 * @param time how it sees the time
 */
public record Mlp(int dim, List<Integer> hidden, Activation activation, TimeFeatures time)
    implements Field {
  /** Checks the widths. */
  public Mlp {
    hidden = List.copyOf(hidden);
    if (dim < 1) {
      throw new IllegalArgumentException("the dimension must be at least 1, not " + dim);
    }
    if (hidden.stream().anyMatch(width -> width < 1)) {
      throw new IllegalArgumentException("hidden widths must be at least 1 but are " + hidden);
    }
  }

  /** One with {@code layers} hidden layers of equal width that sees the raw t. */
  public static Mlp of(int dim, int width, int layers, Activation activation) {
    return new Mlp(dim, Collections.nCopies(layers, width), activation, TimeFeatures.CONCAT);
  }

  static Mlp of(JsonObject json) {
    json.only("dim", "hidden", "activation", "time");
    return new Mlp(
        json.integer("dim"),
        json.integers("hidden"),
        Activation.of(json.text("activation")),
        TimeFeatures.of(json.text("time")));
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t) {
    Value h = x.trace().concat(0, x, time.of(t));
    for (int i = 0; i < hidden.size(); i++) {
      h = activation.apply(Functions.linear(parameters.in("layers." + i), h, hidden.get(i)));
    }
    return Functions.linear(parameters.in("layers." + hidden.size()), h, dim);
  }

  @Override
  public String json() {
    return JsonObject.kind("field", "mlp")
        .with("dim", dim)
        .with("hidden", new ArrayList<Object>(hidden))
        .with("activation", activation.toString())
        .with("time", time.toString())
        .json();
  }
}
