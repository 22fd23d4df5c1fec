package dev.advect.nn;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A multilayer perceptron on (x, features of t, features of a condition).
 *
 * <p>Its parameters are {@code layers.{i}.weight} of [out, in] and {@code layers.{i}.bias} of
 * [out], as PyTorch lays them out. The input of layer 0 is x, then the time features, then the
 * features of the condition if it has one: for class k of n the k-th of n numbers is 1 and the
 * others are 0; for a vector c of n numbers, mapped by the model's normaliser of conditions, c
 * followed by a 1; without a condition zeros. The activation stands between layers and not after
 * the last.
 *
 * @param dim the dimension of x and of the velocity
 * @param hidden the widths of the hidden layers; empty for an affine field
 * @param activation what stands between layers
 * @param time how it sees the time
 * @param condition what it is conditioned on
 */
public record Mlp(
    int dim, List<Integer> hidden, Activation activation, TimeFeatures time, Condition condition)
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

  /** One that is conditioned on nothing. */
  public Mlp(int dim, List<Integer> hidden, Activation activation, TimeFeatures time) {
    this(dim, hidden, activation, time, Condition.none());
  }

  /** One with {@code layers} hidden layers of equal width that sees the raw t. */
  public static Mlp of(int dim, int width, int layers, Activation activation) {
    return new Mlp(dim, Collections.nCopies(layers, width), activation, TimeFeatures.CONCAT);
  }

  /** The same, conditioned on something. */
  public Mlp on(Condition condition) {
    return new Mlp(dim, hidden, activation, time, condition);
  }

  static Mlp of(JsonObject json) {
    json.only("dim", "hidden", "activation", "time", "condition", Condition.SIZE);
    return new Mlp(
        json.integer("dim"),
        json.integers("hidden"),
        Activation.of(json.text("activation")),
        TimeFeatures.of(json.text("time")),
        Condition.of(json));
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t) {
    return velocity(parameters, x, t, Optional.empty());
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t, Optional<Value> features) {
    Value h = input(x, t, features);
    for (int i = 0; i < hidden.size(); i++) {
      h = activation.apply(Functions.linear(parameters.in("layers." + i), h, hidden.get(i)));
    }
    return Functions.linear(parameters.in("layers." + hidden.size()), h, dim);
  }

  /** sample[dim + time + condition]. */
  private Value input(Value x, Value t, Optional<Value> features) {
    Trace g = x.trace();
    return switch (condition) {
      case Condition.None _ -> {
        if (features.isPresent()) {
          throw new IllegalArgumentException("the field %s has no conditions".formatted(json()));
        }
        yield g.concat(0, x, time.of(t));
      }
      case Condition.Classes _, Condition.Vector _ -> {
        var type = ValueType.sample(condition.size());
        Value c = features.orElseGet(() -> g.zeros(type));
        if (!c.type().equals(type)) {
          throw new IllegalArgumentException(
              "features of %s are %s, not %s".formatted(condition, type, c.type()));
        }
        yield g.concat(0, x, time.of(t), c);
      }
    };
  }

  @Override
  public String json() {
    JsonObject description =
        JsonObject.kind("field", "mlp")
            .with("dim", dim)
            .with("hidden", new ArrayList<Object>(hidden))
            .with("activation", activation.toString())
            .with("time", time.toString());
    return condition.addTo(description).json();
  }
}
