package dev.advect.cli.config;

import dev.advect.nn.Activation;
import dev.advect.nn.TimeFeatures;
import dev.advect.path.Prediction;
import java.util.List;
import java.util.Set;

/**
 * The velocity field.
 *
 * @param kind the architecture
 * @param hidden the widths of the hidden layers, from the input on; empty for a linear field
 * @param activation what stands between the layers
 * @param time how the time enters
 * @param predict what its output means; the objective likelihood knows velocities only
 */
public record FieldConfig(
    Kind kind, List<Integer> hidden, Activation activation, TimeFeatures time, Prediction predict) {
  /** An architecture. */
  public enum Kind {
    /** Dense layers. */
    MLP
  }

  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_LAYERS = 1000;

  /** Checks the widths. */
  public FieldConfig {
    hidden = List.copyOf(hidden);
    if (hidden.size() > MAX_LAYERS) {
      throw new InvalidValue(
          "hidden", "must have at most %d layers, not %d".formatted(MAX_LAYERS, hidden.size()));
    }
    for (int i = 0; i < hidden.size(); i++) {
      Check.atLeast("hidden[" + i + "]", hidden.get(i), 1);
      Check.atMost("hidden[" + i + "]", hidden.get(i), MAX_WIDTH);
    }
  }

  static FieldConfig read(Section section) {
    Kind kind = section.choice("kind", Kind.MLP, Set.of());
    List<Integer> hidden = section.wholes("hidden", List.of(64, 64, 64));
    Activation activation = section.choice("activation", Activation.SELU, Set.of());
    TimeFeatures time = section.choice("time", TimeFeatures.CONCAT, Set.of());
    Prediction predict = section.choice("predict", Prediction.VELOCITY, Set.of());
    return section.build(() -> new FieldConfig(kind, hidden, activation, time, predict));
  }
}
