package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Labels;
import dev.advect.cli.run.TrainedRun;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.GaussianPath;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** On which schedule a command runs a model, if not on the one it was trained on. */
final class ScheduleOptions {
  /** A schedule; those that can end without noise do. */
  private enum Kind {
    OT,
    ICFM,
    COSINE,
    VP,
    VE;

    GaussianPath path() {
      return switch (this) {
        case OT, ICFM -> new ConditionalOt(0);
        case COSINE -> new Cosine(0);
        case VP -> VariancePreserving.standard();
        case VE -> new VarianceExploding(0.01, 5);
      };
    }
  }

  private static final class Name implements ITypeConverter<Kind> {
    @Override
    public Kind convert(String text) {
      return Labels.find(Kind.class, text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "it must be one of %s, not '%s'"
                          .formatted(String.join(", ", Labels.all(Kind.class)), text)));
    }
  }

  @Option(
      names = "--schedule",
      paramLabel = "KIND",
      converter = Name.class,
      description =
          "Run the model on the noise schedule of another path than it was trained on: ot or icfm"
              + " (both straight), cosine, vp or ve. What it makes is the same but for the error"
              + " of the steps.")
  private Kind kind;

  /**
   * The run on the schedule that was asked for.
   *
   * @throws UsageException if the model has no schedule of its own to change
   */
  TrainedRun over(TrainedRun trained) {
    if (kind == null) {
      return trained;
    }
    try {
      return trained.withModel(trained.model().on(kind.path()));
    } catch (AdvectException e) {
      throw new UsageException("--schedule %s: ".formatted(Labels.of(kind)), e);
    }
  }

  void put(Map<String, Object> document) {
    if (kind != null) {
      document.put("schedule", Labels.of(kind));
    }
  }
}
