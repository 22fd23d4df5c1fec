package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.DeviceFailure;
import dev.advect.cli.Console;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.report.Charts;
import dev.advect.cli.report.HtmlReport;
import dev.advect.cli.report.ImageGrid;
import dev.advect.cli.report.Png;
import dev.advect.cli.report.Progress;
import dev.advect.data.Table;
import dev.advect.nn.Condition;
import dev.advect.train.Conditions;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * The pictures and the page that a finished training leaves. A machine on which nothing can be
 * drawn costs the pictures, not the training.
 */
public final class Souvenirs {
  private static final int IMAGES = 100;
  private static final int POINTS = 2000;

  private final Setup setup;
  private final RunDirectory directory;
  private final Console console;

  /** Of a training of a setup into a folder. */
  public Souvenirs(Setup setup, RunDirectory directory, Console console) {
    this.setup = setup;
    this.directory = directory;
    this.console = console;
  }

  /** Draws and writes them all. */
  public void write(Backend backend, FlowModel model, Training.Outcome outcome) {
    List<Metrics.Line> lines = Metrics.read(directory.metrics());
    Optional<Png> loss =
        lines.isEmpty()
            ? Optional.empty()
            : picture(directory.lossPicture(), () -> lossCurve(lines));
    Optional<Png> samples = picture(directory.samplesPicture(), () -> samples(backend, model));
    new HtmlReport(
            directory.name(),
            numbers(backend, model, lines, outcome),
            samples,
            loss,
            ConfigText.yaml(setup.config()))
        .write(directory.report());
  }

  private Optional<Png> picture(Path file, Supplier<BufferedImage> drawing) {
    try {
      Png png = Png.draw(drawing);
      png.write(file);
      return Optional.of(png);
    } catch (DeviceFailure e) {
      throw e;
    } catch (AdvectException e) {
      console.warn("%s was not drawn: %s; %s".formatted(file, e.getMessage(), e.hint()));
      return Optional.empty();
    }
  }

  private static BufferedImage lossCurve(List<Metrics.Line> lines) {
    return Charts.loss(
        lines.stream().mapToDouble(Metrics.Line::step).toArray(),
        lines.stream().mapToDouble(Metrics.Line::loss).toArray());
  }

  private BufferedImage samples(Backend backend, FlowModel model) {
    Table train = setup.data().train();
    int count = train.image().isPresent() ? IMAGES : POINTS;
    SamplingConfig sampling = setup.config().sampling();
    var options = new SamplingOptions(Setup.solver(sampling), setup.config().training().seed());
    FlowModel pictured = given(model, count);
    Table made = Table.of(pictured.sample(backend, options, count), count, model.dim());
    return train
        .image()
        .map(
            shape ->
                ImageGrid.draw(
                    made, shape, ImageGrid.Range.of(train), ImageGrid.Enlargement.SMOOTH))
        .orElseGet(
            () ->
                Charts.clouds(
                    List.of(
                        new Charts.Cloud("data", train.head(Math.min(count, train.rows()))),
                        new Charts.Cloud("samples", made))));
  }

  /** A conditional model under every class in turn, or under the vectors of the first rows. */
  private FlowModel given(FlowModel model, int count) {
    float[] values = new float[count * model.condition().columns()];
    switch (model.condition()) {
      case Condition.None _ -> {
        return model;
      }
      case Condition.Classes(int classes) -> {
        for (int i = 0; i < count; i++) {
          values[i] = i % classes;
        }
      }
      case Condition.Vector _ -> {
        float[] rows = setup.data().train().conditions().orElseThrow().values();
        for (int i = 0; i < values.length; i++) {
          values[i] = rows[i % rows.length];
        }
      }
    }
    return model.given(Conditions.of(values));
  }

  private SequencedMap<String, String> numbers(
      Backend backend, FlowModel model, List<Metrics.Line> lines, Training.Outcome outcome) {
    var numbers = new LinkedHashMap<String, String>();
    numbers.put("data", setup.data().describe());
    numbers.put("parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
    numbers.put("steps", Long.toString(outcome.step()));
    numbers.put("batch", Integer.toString(setup.config().training().batch()));
    if (!lines.isEmpty()) {
      Metrics.Line last = lines.getLast();
      numbers.put("last loss", String.format(Locale.ROOT, "%.5f", last.loss()));
      numbers.put("samples a second", String.format(Locale.ROOT, "%,.0f", last.samplesPerSecond()));
    }
    numbers.put("time spent training", Progress.duration(outcome.seconds()));
    numbers.put("device", backend.description());
    return numbers;
  }
}
