package dev.advect.cli.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What each row is conditioned on. {@code label} stands for {@code {kind: label}}, and a list of
 * columns for {@code {kind: vector, columns: [...]}}.
 *
 * @param kind what a condition is
 * @param file another table that holds the conditions, with as many rows; the data's own unless
 *     given
 * @param columns which columns hold them, by name or counted from 0; they are no part of the rows.
 *     Of another file all unless given
 */
public record ConditionConfig(Kind kind, Optional<String> file, Optional<List<String>> columns) {
  /** What a condition is. */
  public enum Kind {
    /** The label that a row of the set has, or the column called label: a class. */
    LABEL,
    /** A column of whole numbers from 0: a class. */
    CLASS,
    /** Some columns: a vector. */
    VECTOR
  }

  /** Checks that the columns are those of the kind. */
  public ConditionConfig {
    columns = columns.map(List::copyOf);
    List<String> given = columns.orElse(List.of());
    if (given.isEmpty() && (columns.isPresent() || (kind != Kind.LABEL && file.isEmpty()))) {
      throw new InvalidValue(
          "columns",
          "must name a column at least",
          "for example data.condition: {kind: %s, columns: [2]}".formatted(Labels.of(kind)));
    }
    if (new HashSet<>(given).size() < given.size()) {
      throw new InvalidValue(
          "columns", "must not name a column twice: " + String.join(", ", given));
    }
    switch (kind) {
      case LABEL -> {
        if (file.isPresent() || columns.isPresent()) {
          throw new InvalidValue(
              file.isPresent() ? "file" : "columns",
              "belongs to the kinds class and vector, not to label",
              "write {kind: class, columns: [...]}");
        }
      }
      case CLASS -> {
        if (given.size() > 1) {
          throw new InvalidValue(
              "columns",
              "must be one column for the kind class, not %d".formatted(given.size()),
              "several columns make a vector: {kind: vector, columns: [...]}");
        }
      }
      case VECTOR -> {}
    }
  }

  static ConditionConfig read(Section data, String key) {
    Section section = data.kindOrSection(key, "columns");
    Kind kind = section.choice("kind", Kind.VECTOR, Set.of());
    Optional<String> file = section.text("file");
    Optional<List<String>> columns = section.texts("columns");
    return section.build(() -> new ConditionConfig(kind, file, columns));
  }

  /** The same, with a file's path that does not depend on the current folder. */
  ConditionConfig absolute() {
    return new ConditionConfig(
        kind, file.map(path -> Path.of(path).toAbsolutePath().normalize().toString()), columns);
  }
}
