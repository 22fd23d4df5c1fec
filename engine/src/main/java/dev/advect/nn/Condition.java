package dev.advect.nn;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import java.util.List;

/**
 * What a field is conditioned on, beside x and t.
 *
 * <p>A condition is given as some numbers and enters a network as a vector of features: a class as
 * a one-hot vector, a vector c as (c, 1). All features are 0 where there is no condition, which is
 * no class and no vector. So the first layer's weights are the embedding, and no table is needed:
 * its bias alone stands for 'no condition'.
 */
public sealed interface Condition {
  /** Nothing. */
  record None() implements Condition {}

  /**
   * One of some classes.
   *
   * @param count how many classes there are, numbered from 0
   */
  record Classes(int count) implements Condition {
    /** Checks the number of classes. */
    public Classes {
      if (count < 1 || count > MOST) {
        throw new IllegalArgumentException(
            "1 to %d classes expected, not %d".formatted(MOST, count));
      }
    }
  }

  /**
   * Some numbers.
   *
   * @param dim how many
   */
  record Vector(int dim) implements Condition {
    /** Checks the dimension. */
    public Vector {
      if (dim < 1 || dim > MOST) {
        throw new IllegalArgumentException("1 to %d numbers expected, not %d".formatted(MOST, dim));
      }
    }
  }

  /** The most classes, or numbers of a vector. */
  int MOST = 1 << 14;

  /** No condition. */
  static Condition none() {
    return new None();
  }

  /** One of {@code count} classes. */
  static Condition classes(int count) {
    return new Classes(count);
  }

  /** A vector of {@code dim} numbers. */
  static Condition vector(int dim) {
    return new Vector(dim);
  }

  /** How many numbers one condition is given as: the number of a class, or a vector's elements. */
  default int columns() {
    return switch (this) {
      case None _ -> 0;
      case Classes _ -> 1;
      case Vector(int dim) -> dim;
    };
  }

  /** How many features a network sees. */
  default int size() {
    return switch (this) {
      case None _ -> 0;
      case Classes(int count) -> count;
      case Vector(int dim) -> dim + 1;
    };
  }

  /**
   * The features of conditions.
   *
   * @param given sample[columns]
   * @return sample[size]
   */
  default Value features(Value given) {
    Trace g = given.trace();
    return switch (this) {
      case None _ -> throw new IllegalStateException("there are no features of no condition");
      case Classes(int count) ->
          given.reshape().stretch(List.of(count)).equal(g.iota(0, count)); // one-hot
      case Vector _ -> g.concat(0, given, g.constant(1).reshape(1));
    };
  }

  /** A description with one more fact: the condition, unless it is none. */
  default JsonObject addTo(JsonObject description) {
    return switch (this) {
      case None _ -> description;
      case Classes(int count) -> description.with("condition", "classes").with(SIZE, count);
      case Vector(int dim) -> description.with("condition", "vector").with(SIZE, dim);
    };
  }

  /**
   * The condition of a description made by {@link #addTo}; none if it says nothing of one.
   *
   * @throws AdvectException if it is of an unknown kind
   */
  static Condition of(JsonObject description) {
    if (!description.members().containsKey("condition")) {
      return none();
    }
    String kind = description.text("condition");
    int size = description.integer(SIZE);
    if (size < 1 || size > MOST) {
      throw new AdvectException(
          "%s of a condition must be from 1 to %d, not %d".formatted(SIZE, MOST, size),
          "the file was written by another version, or changed by hand");
    }
    return switch (kind) {
      case "classes" -> classes(size);
      case "vector" -> vector(size);
      default ->
          throw new AdvectException(
              "there is no condition of the kind '%s'".formatted(kind),
              "known kinds: classes, vector");
    };
  }

  /** The member of a description that says how many classes, or numbers, there are. */
  String SIZE = "conditionSize";
}
