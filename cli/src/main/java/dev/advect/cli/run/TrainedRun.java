package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.Configs;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.report.ImageGrid;
import dev.advect.data.Table;
import dev.advect.file.Safetensors;
import dev.advect.train.FlowModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A model to use, from a run directory or a file of its own.
 *
 * @param file the model's file
 * @param model it
 * @param config the configuration it was trained with, if the file holds one
 * @param range the values that pictures show black and white, if the file says so
 */
public record TrainedRun(
    Path file, FlowModel model, Optional<Config> config, Optional<ImageGrid.Range> range) {
  static final String CONFIGURATION = "configuration";
  static final String DATA_RANGE = "data_range";

  /**
   * Opens what a person called RUN.
   *
   * @throws UsageException if there is nothing of that name
   * @throws AdvectException if the run has no model yet or the file is bad
   */
  public static TrainedRun open(Path run) {
    if (!Files.exists(run)) {
      throw new UsageException(
          "there is no run or model " + run,
          "name a run directory or a model.safetensors; advect train makes them");
    }
    Path file = Files.isDirectory(run) ? modelOf(new RunDirectory(run)) : run;
    FlowModel model = FlowModel.load(file);
    Map<String, String> metadata = Safetensors.read(file).metadata();
    Optional<Config> config =
        Optional.ofNullable(metadata.get(CONFIGURATION))
            .map(text -> Configs.parse(file + ": configuration", text, Configs.Changes.none()));
    return new TrainedRun(
        file,
        model,
        config,
        Optional.ofNullable(metadata.get(DATA_RANGE)).flatMap(ImageGrid.Range::parse));
  }

  private static Path modelOf(RunDirectory directory) {
    if (Files.exists(directory.model())) {
      return directory.model();
    }
    if (directory.holdsRun()) {
      throw new AdvectException(
          "%s has no model yet; the first checkpoint writes it".formatted(directory),
          "go on with it: advect train --resume " + directory);
    }
    throw new UsageException(
        directory + " is a folder without a run",
        "name a folder that advect train wrote, or a model.safetensors");
  }

  /** The same run with another model, for example under conditions. */
  public TrainedRun withModel(FlowModel model) {
    return new TrainedRun(file, model, config, range);
  }

  /** How the configuration says samples are made. */
  public SamplingConfig sampling() {
    return config
        .map(Config::sampling)
        .orElseGet(() -> SamplingConfig.of(SamplingConfig.Solver.EULER, 100));
  }

  /** Rows that the model made, as a table that knows whether they are images. */
  public Table table(float[] values) {
    Table table = Table.of(values, values.length / model.dim(), model.dim());
    return model.image().map(table::withImage).orElse(table);
  }
}
