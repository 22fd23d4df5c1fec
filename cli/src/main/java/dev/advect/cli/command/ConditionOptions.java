package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.run.TrainedRun;
import dev.advect.data.Table;
import dev.advect.data.Tables;
import dev.advect.nn.Condition;
import dev.advect.train.Conditions;
import dev.advect.train.FlowModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Under which conditions a command samples or scores. */
final class ConditionOptions {
  @Option(
      names = "--condition",
      paramLabel = "C",
      description =
          "The condition of a conditional model: the number of a class, numbers separated by"
              + " commas, or a .csv or .npy file with one row for all or one for each row.")
  private String condition;

  @Option(
      names = "--guidance",
      paramLabel = "W",
      converter = Numbers.Finite.class,
      description =
          "Classifier-free guidance: the velocity is (1 - W) v(x, t) + W v(x, t | c). 1 is no"
              + " guidance (default), 0 leaves the condition out, more than 1 exaggerates it.")
  private Double guidance;

  /**
   * The run's model under the conditions.
   *
   * @param own the conditions that come with the rows, if none are given
   * @param rows how many rows are sampled or scored
   * @throws UsageException if the model has no such conditions, or needs some
   */
  TrainedRun over(TrainedRun trained, Optional<Table> own, int rows) {
    FlowModel model = trained.model();
    if (model.condition() instanceof Condition.None) {
      if (condition != null || guidance != null) {
        throw new UsageException(
            "%s is not conditioned on anything".formatted(trained.file()),
            "leave --condition and --guidance out; data.condition makes a training conditional");
      }
      return trained;
    }
    Optional<float[]> values =
        condition != null ? Optional.of(given(model)) : own.map(Table::values);
    if (values.isEmpty()) {
      requireNone(model);
      return trained;
    }
    int columns = model.condition().columns();
    int conditions = values.get().length / columns;
    if (conditions != 1 && conditions != rows && values.get().length % columns == 0) {
      throw new UsageException(
          "%s holds %d conditions for %d rows".formatted(condition, conditions, rows),
          "give one for all of them, or one for each");
    }
    try {
      var under = new Conditions(values.get(), guidance == null ? 1 : guidance);
      return trained.withModel(model.given(under));
    } catch (AdvectException e) {
      throw new UsageException(condition == null ? "" : "--condition " + condition + ": ", e);
    }
  }

  private void requireNone(FlowModel model) {
    if (guidance != null && guidance != 0) {
      throw new UsageException(
          "--guidance %s guides towards a condition, and there is none"
              .formatted(Numbers.text(guidance)),
          "add --condition: " + expected(model));
    }
    if (model.conditioning().dropout() == 0) {
      throw new UsageException(
          "the model needs a condition: it was never trained without one",
          "add --condition: " + expected(model));
    }
  }

  private float[] given(FlowModel model) {
    if (namesFile()) {
      return read(model);
    }
    String[] texts = condition.split(",", -1);
    float[] values = new float[texts.length];
    for (int i = 0; i < texts.length; i++) {
      values[i] = number(texts[i].strip(), model);
    }
    int columns = model.condition().columns();
    if (values.length != columns) {
      throw new UsageException(
          "--condition %s: a condition of this model has %d number%s, not %d"
              .formatted(condition, columns, columns == 1 ? "" : "s", values.length),
          expected(model));
    }
    return values;
  }

  /** A text that looks like numbers is numbers, even if a file is called so. */
  private boolean namesFile() {
    String lower = condition.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv")
        || lower.endsWith(".npy")
        || lower.endsWith(".gz")
        || (!lower.matches("[-+.,\\deE\\s]*") && Files.isRegularFile(Path.of(condition)));
  }

  private float number(String text, FlowModel model) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException _) {
      throw new UsageException(
          "--condition %s: '%s' is no number, and there is no such file".formatted(condition, text),
          expected(model));
    }
  }

  private float[] read(FlowModel model) {
    Table table;
    try {
      table = Tables.read(Path.of(condition));
    } catch (AdvectException e) {
      throw new UsageException("--condition: ", e);
    }
    int columns = model.condition().columns();
    if (table.columns() != columns) {
      throw new UsageException(
          "--condition: %s has %d columns where a condition of this model has %d"
              .formatted(condition, table.columns(), columns),
          expected(model));
    }
    return table.values();
  }

  private static String expected(FlowModel model) {
    return switch (model.condition()) {
      case Condition.Classes(int count) -> "a class is a whole number from 0 to " + (count - 1);
      case Condition.Vector(int dim) ->
          dim == 1 ? "a condition is one number" : dim + " numbers separated by commas";
      case Condition.None _ -> "";
    };
  }

  /** How a report goes on after the rows: {@code under condition 7, guidance 2}; or nothing. */
  String describe(FlowModel model) {
    if (model.given().isEmpty()) {
      return model.condition() instanceof Condition.None ? "" : " without a condition";
    }
    double w = model.given().get().guidance();
    return " under %s%s"
        .formatted(
            condition == null ? "their own conditions" : "condition " + condition,
            w == 1 ? "" : ", guidance " + Numbers.text(w));
  }

  /** Adds what was given to a document. */
  void put(Map<String, Object> document, FlowModel model) {
    if (!(model.condition() instanceof Condition.None)) {
      document.put(
          "condition", model.given().isEmpty() ? "none" : condition == null ? "own" : condition);
      document.put("guidance", model.given().map(Conditions::guidance).orElse(0.0));
    }
  }
}
