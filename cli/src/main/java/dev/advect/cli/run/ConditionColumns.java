package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.ConditionConfig;
import dev.advect.cli.config.DataConfig;
import dev.advect.data.Generator;
import dev.advect.data.Table;
import dev.advect.data.Tables;
import dev.advect.data.Toy;
import dev.advect.nn.Condition;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds what the rows of a table are conditioned on, as {@code data.condition} says. */
public final class ConditionColumns {
  private static final String KEY = "data.condition: ";
  private static final String LABEL = "label";

  private ConditionColumns() {}

  /**
   * A table whose rows know their conditions; the columns that hold them are taken out of the rows.
   *
   * @throws UsageException if the table has no such conditions
   */
  static Table attach(DataConfig config, Table table) {
    if (config.condition().isEmpty()) {
      return table;
    }
    ConditionConfig condition = config.condition().get();
    Table found = attach(condition, table, config.label());
    if (condition.kind() != ConditionConfig.Kind.VECTOR) {
      requireClasses(found.conditions().orElseThrow(), condition.file().orElse(config.label()));
    }
    return found;
  }

  /**
   * As {@link #attach} for other rows than those of the configuration: rows that have the columns
   * of the model and nothing more stay without conditions.
   *
   * @param dim the columns of the model
   */
  public static Table attachIfThere(DataConfig config, Table table, int dim) {
    boolean elsewhere = config.condition().filter(c -> c.file().isPresent()).isPresent();
    boolean bare = table.columns() == dim && (table.labels().isEmpty() || !isLabel(config));
    return elsewhere || bare ? table : attach(config, table);
  }

  private static boolean isLabel(DataConfig config) {
    return config.condition().filter(c -> c.kind() == ConditionConfig.Kind.LABEL).isPresent();
  }

  /** What rows with their conditions are conditioned on; as many classes as the labels need. */
  static Condition of(DataConfig config, Table rows) {
    if (config.condition().isEmpty()) {
      return Condition.none();
    }
    Table conditions = rows.conditions().orElseThrow();
    if (config.condition().get().kind() == ConditionConfig.Kind.VECTOR) {
      return Condition.vector(conditions.columns());
    }
    float most = 0;
    for (float label : conditions.values()) {
      most = Math.max(most, label);
    }
    return Condition.classes((int) most + 1);
  }

  /** As {@link #of(DataConfig, Table)}, with the classes that a generator says it has. */
  static Condition of(DataConfig config, Generator generator, Table rows) {
    return isLabel(config) ? Condition.classes(generator.classes()) : of(config, rows);
  }

  /** Refuses the labels of a generator that has none. */
  static void requireClasses(DataConfig config, Generator generator) {
    if (isLabel(config) && generator.classes() == 0) {
      List<String> those =
          Toy.all().stream().filter(toy -> toy.classes() > 0).map(Toy::name).toList();
      throw new UsageException(
          KEY + generator.name() + " has no classes",
          "those with classes are %s and digits".formatted(String.join(", ", those)));
    }
  }

  private static Table attach(ConditionConfig condition, Table table, String name) {
    if (condition.file().isPresent()) {
      Table other = read(condition.file().get());
      if (other.rows() != table.rows()) {
        throw new UsageException(
            (KEY + "%s has %d rows, and %s has %d")
                .formatted(condition.file().get(), other.rows(), name, table.rows()),
            "give a table with one row of conditions for each row of the data");
      }
      String source = condition.file().get();
      return table.withConditions(
          condition.columns().map(c -> other.columns(indices(other, c, source))).orElse(other));
    }
    return switch (condition.kind()) {
      case LABEL ->
          table.labels().isPresent()
              ? table.withConditions(labels(table))
              : takeOut(table, labelColumn(table, name), name);
      case CLASS, VECTOR ->
          takeOut(table, indices(table, condition.columns().orElseThrow(), name), name);
    };
  }

  private static Table read(String file) {
    try {
      return Tables.read(Path.of(file));
    } catch (AdvectException e) {
      throw new UsageException(KEY, e);
    }
  }

  private static Table labels(Table table) {
    int[] labels = table.labels().orElseThrow();
    float[] values = new float[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = labels[i];
    }
    return Table.of(values, values.length, 1);
  }

  private static int[] labelColumn(Table table, String name) {
    int index = table.names().map(names -> names.indexOf(LABEL)).orElse(-1);
    if (index < 0) {
      throw new UsageException(
          KEY + name + " has no labels and no column called label",
          "name the column of the classes: data.condition: {kind: class, columns: [%d]}"
              .formatted(table.columns() - 1));
    }
    return new int[] {index};
  }

  /** The rows without some columns, which become their conditions. */
  private static Table takeOut(Table table, int[] taken, String name) {
    int[] rest =
        IntStream.range(0, table.columns())
            .filter(column -> IntStream.of(taken).noneMatch(t -> t == column))
            .toArray();
    if (rest.length == 0) {
      throw new UsageException(
          KEY + "all %d columns of %s are conditions".formatted(table.columns(), name),
          "leave a column to learn");
    }
    return table.columns(rest).withConditions(table.columns(taken));
  }

  private static int[] indices(Table table, List<String> columns, String name) {
    int[] indices = columns.stream().mapToInt(column -> index(table, column, name)).toArray();
    if (Arrays.stream(indices).distinct().count() < indices.length) {
      throw new UsageException(
          KEY + "the columns %s name one twice".formatted(String.join(", ", columns)),
          "name each once");
    }
    return indices;
  }

  private static int index(Table table, String column, String name) {
    Optional<List<String>> names = table.names();
    int named = names.map(all -> all.indexOf(column)).orElse(-1);
    if (named >= 0) {
      return named;
    }
    boolean whole = column.matches("\\d{1,9}");
    if (whole && Integer.parseInt(column) < table.columns()) {
      return Integer.parseInt(column);
    }
    String range = "0 to %d".formatted(table.columns() - 1);
    throw new UsageException(
        KEY + "%s has no column %s".formatted(name, column),
        names
            .filter(_ -> !whole)
            .map(all -> Suggest.from(column, "the columns are", all) + ", or " + range)
            .orElse("the columns are " + range));
  }

  private static void requireClasses(Table conditions, String name) {
    if (conditions.columns() != 1) {
      throw new UsageException(
          (KEY + "%s has %d columns where one of classes is expected")
              .formatted(name, conditions.columns()),
          "name it: data.condition.columns");
    }
    for (int row = 0; row < conditions.rows(); row++) {
      float label = conditions.at(row, 0);
      if (!(label >= 0 && label < Condition.MOST && label == Math.rint(label))) {
        throw new UsageException(
            KEY + "row %d of %s has the class %s".formatted(row + 1, name, label),
            "classes are whole numbers from 0 to %d at most; kind: vector takes any numbers"
                .formatted(Condition.MOST - 1));
      }
    }
  }
}
