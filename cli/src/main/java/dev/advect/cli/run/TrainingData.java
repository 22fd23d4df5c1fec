package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.DataConfig;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Generator;
import dev.advect.data.Normalizer;
import dev.advect.data.Split;
import dev.advect.data.Table;
import dev.advect.likelihood.Dequantization;
import dev.advect.nn.Condition;

/**
 * The rows of a configuration.
 *
 * @param source where they come from
 * @param split the rows to learn from, to watch and to judge by; the last two may be empty
 * @param condition what the rows are conditioned on
 */
public record TrainingData(DataSet source, Split split, Condition condition) {

  /**
   * Reads or draws the rows.
   *
   * @param seed of a generator's points
   * @throws UsageException if there is no such data, or it cannot be divided as asked
   */
  public static TrainingData load(DataConfig config, long seed) {
    DataSet source = source(config);
    return switch (source) {
      case DataSet.Finite finite -> {
        Table table = rows(config, finite.table());
        yield new TrainingData(
            new DataSet.Finite(finite.name(), finite.description(), table),
            divide(table, config),
            ConditionColumns.of(config, table));
      }
      case Generator generator -> {
        if (config.split().isPresent()) {
          throw new UsageException(
              "data.split divides finite data; %s is a generator".formatted(config.label()),
              "remove it; points it was not trained on are drawn when they are needed");
        }
        ConditionColumns.requireClasses(config, generator);
        Table table = rows(config, generator.draw(seed, config.points()));
        yield new TrainingData(source, all(table), ConditionColumns.of(config, generator, table));
      }
    };
  }

  /**
   * Rows as a model of them sees them: with their conditions, and checked to lie on the levels that
   * they are said to have.
   *
   * @throws UsageException if they have no such conditions or levels
   */
  public static Table rows(DataConfig config, Table table) {
    Table rows = ConditionColumns.attach(config, table);
    if (config.dequantize().isPresent()) {
      try {
        var dequantization = new Dequantization(config.dequantize().get());
        dequantization.requireLevels(rows.values(), rows.columns());
      } catch (AdvectException e) {
        throw new UsageException("data.dequantize: ", e);
      }
    }
    return rows;
  }

  private static DataSet source(DataConfig config) {
    if (config.file().isPresent()) {
      return DataSets.open(config.file().get());
    }
    try {
      return DataSets.named(config.name().orElseThrow());
    } catch (AdvectException e) {
      throw new UsageException("data.name: ", e);
    }
  }

  private static Split divide(Table table, DataConfig config) {
    if (config.split().isEmpty()) {
      return all(table);
    }
    try {
      return Split.of(table, config.split().get());
    } catch (AdvectException e) {
      throw new UsageException("data.split: ", e);
    }
  }

  private static Split all(Table table) {
    return new Split(table, table.head(0), table.head(0));
  }

  /** The rows to learn from. */
  public Table train() {
    return split.train();
  }

  /** The normaliser of that kind for the rows to learn from. */
  public Normalizer normalizer(Normalizer.Kind kind) {
    return Normalizer.fit(kind, train());
  }

  /** One line: what it is and how many rows serve what. */
  public String describe() {
    int validation = split.validation().rows();
    int test = split.test().rows();
    return "%s: %d rows of %d columns to learn from%s%s"
        .formatted(
            source.name(),
            train().rows(),
            train().columns(),
            switch (condition) {
              case Condition.None _ -> "";
              case Condition.Classes(int count) -> ", conditioned on %d classes".formatted(count);
              case Condition.Vector(int dim) ->
                  ", conditioned on %d number%s".formatted(dim, dim == 1 ? "" : "s");
            },
            validation + test == 0
                ? ""
                : ", %d for validation, %d for testing".formatted(validation, test));
  }
}
