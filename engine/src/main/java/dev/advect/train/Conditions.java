package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.nn.Condition;

/**
 * The conditions that samples are made under, or rows are scored under.
 *
 * @param values as people give them: the number of a class, or the elements of a vector in data
 *     units; of each sample, one after the other, or of one for all samples
 * @param guidance w of {@link Flow#guided}: 1 for the conditional field as it is
 */
public record Conditions(float[] values, double guidance) {
  /** Copies the numbers. */
  public Conditions {
    values = values.clone();
    if (!Double.isFinite(guidance)) {
      throw new AdvectException(
          "guidance must be a finite number, not " + guidance,
          "1 is the conditional field, 0 the unconditional one, more than 1 exaggerates");
    }
  }

  /** One condition for all samples, or one for each. */
  public static Conditions of(float... values) {
    return new Conditions(values, 1);
  }

  /** The same with a weight of guidance. */
  public Conditions guided(double w) {
    return new Conditions(values, w);
  }

  /**
   * Checks that these are conditions for a field.
   *
   * @throws AdvectException saying what is expected
   */
  void requireFit(Condition condition, Conditioning conditioning) {
    if (condition instanceof Condition.None) {
      throw new AdvectException(
          "the model is not conditioned on anything",
          "give no condition; data.condition makes a training conditional");
    }
    int columns = condition.columns();
    if (values.length == 0 || values.length % columns != 0) {
      throw new AdvectException(
          "a condition of this model has %d numbers; %d were given"
              .formatted(columns, values.length),
          "give as many");
    }
    for (int i = 0; i < values.length; i++) {
      requireFit(condition, i);
    }
    if (guidance != 1 && conditioning.dropout() == 0) {
      throw new AdvectException(
          "guidance by %s needs a field that knows 'no condition'; this one was never without one"
              .formatted(guidance),
          "train with training.conditionDropout, for example 0.1; or take guidance 1");
    }
  }

  private void requireFit(Condition condition, int i) {
    float value = values[i];
    switch (condition) {
      case Condition.Classes(int count) -> {
        if (!(value >= 0 && value < count && value == Math.rint(value))) {
          throw new AdvectException(
              "there is no class %s: the classes of this model are 0 to %d"
                  .formatted(text(value), count - 1),
              "give a whole number from 0 to %d".formatted(count - 1));
        }
      }
      case Condition.Vector _, Condition.None _ -> {
        if (!Float.isFinite(value)) {
          throw new AdvectException(
              "a condition is %s, no finite number".formatted(value), "give finite numbers");
        }
      }
    }
  }

  private static String text(float value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
