package dev.advect.data;

import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Something to learn from: either a fixed table or a generator that never runs out. */
public sealed interface DataSet permits DataSet.Finite, Generator {

  /** The name it is asked for by. */
  String name();

  /** One line: what it is, its exact parameters, and where they come from. */
  String description();

  /** Number of columns of a row. */
  int columns();

  /**
   * The logarithm of the density at a point of {@code columns()} coordinates, in nats; negative
   * infinity where the density is zero. Empty if it has no closed form or is unknown.
   */
  Optional<ToDoubleFunction<double[]>> logDensity();

  /**
   * A table that is all there is.
   *
   * @param name the name it is asked for by, or its file
   * @param description one line
   * @param table the rows
   */
  record Finite(String name, String description, Table table) implements DataSet {
    @Override
    public int columns() {
      return table.columns();
    }

    @Override
    public Optional<ToDoubleFunction<double[]>> logDensity() {
      return Optional.empty();
    }
  }
}
