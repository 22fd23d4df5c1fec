package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.DataConfig;
import dev.advect.cli.config.Labels;
import dev.advect.cli.run.ConditionColumns;
import dev.advect.cli.run.Part;
import dev.advect.cli.run.TrainedRun;
import dev.advect.cli.run.TrainingData;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Generator;
import dev.advect.data.Table;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The rows that are to be scored.
 *
 * @param table they
 * @param description what they are, for a person
 */
record ScoredRows(Table table, String description) {
  private static final int POINTS = 10_000;

  /**
   * Finds the rows.
   *
   * @param data a name or a file; null for the run's own data
   * @param part which of the run's own rows; null for a sensible choice
   * @param count how many; null for all
   */
  static ScoredRows find(TrainedRun trained, String data, Part part, Integer count) {
    Optional<DataConfig> own = trained.config().map(Config::data);
    boolean isOwn = own.filter(config -> data == null || config.isNamed(data)).isPresent();
    if (data == null && !isOwn) {
      throw new UsageException(
          "%s does not say what it was trained on".formatted(trained.file()),
          "name the DATA to score: a file or a built-in name");
    }
    if (part != null && !isOwn) {
      throw new UsageException(
          "--split %s divides the data of the run, %s, not %s"
              .formatted(
                  Labels.of(part), own.map(DataConfig::label).orElse("which is unknown"), data),
          "leave --split out, or score the run's own data");
    }
    ScoredRows rows =
        isOwn
            ? own(trained.config().orElseThrow(), part, count)
            : other(own, trained.model().dim(), data, count);
    return rows.requireColumns(trained.model().dim(), isOwn ? own.get().label() : data);
  }

  private static ScoredRows own(Config config, Part part, Integer count) {
    TrainingData data = TrainingData.load(config.data(), config.training().seed());
    String name = config.data().label();
    if (data.source() instanceof Generator generator && part == null) {
      int first = config.data().points();
      int points = count == null ? POINTS : count;
      Table drawn = generator.rows(config.training().seed(), first, points);
      return new ScoredRows(
          TrainingData.rows(config.data(), drawn),
          "%d new points of %s: %d to %d of seed %d, where it was trained on those before"
              .formatted(points, name, first, first + points - 1L, config.training().seed()));
    }
    Part chosen = part != null ? part : data.split().test().rows() > 0 ? Part.TEST : Part.ALL;
    Table rows = limited(chosen.of(data), count);
    String which =
        switch (chosen) {
          case TRAIN -> "rows of the training part";
          case VALIDATION -> "rows of the validation part";
          case TEST -> "rows of the test part";
          case ALL -> "rows, the training rows among them,";
        };
    return new ScoredRows(rows, "%d %s of %s".formatted(rows.rows(), which, name));
  }

  /** Rows of other data, whose conditions are found as those of the run's own data. */
  private static ScoredRows other(Optional<DataConfig> own, int dim, String data, Integer count) {
    DataSet set;
    try {
      set = DataSets.open(data);
    } catch (AdvectException e) {
      if (DataSets.names().contains(data) || Path.of(data).toFile().exists()) {
        throw e;
      }
      throw new UsageException("", e);
    }
    Table table =
        switch (set) {
          case DataSet.Finite finite -> limited(finite.table(), count);
          case Generator generator -> generator.draw(0, count == null ? POINTS : count);
        };
    Table rows =
        own.map(config -> ConditionColumns.attachIfThere(config, table, dim)).orElse(table);
    return new ScoredRows(rows, "%d rows of %s".formatted(rows.rows(), data));
  }

  private static Table limited(Table table, Integer count) {
    if (count != null && count > table.rows()) {
      throw new UsageException(
          "-n %d is more than the %d rows there are".formatted(count, table.rows()),
          "ask for fewer, or leave -n out for all");
    }
    return count == null ? table : table.head(count);
  }

  private ScoredRows requireColumns(int dim, String name) {
    if (table.columns() == dim) {
      return this;
    }
    throw new AdvectException(
        "%s has %d columns where the model has %d".formatted(name, table.columns(), dim),
        table.columns() == dim + 1
            ? "if the last column is a label, remove it: cut -d, -f1-%d".formatted(dim)
            : "score data with the columns that the model was trained on");
  }
}
