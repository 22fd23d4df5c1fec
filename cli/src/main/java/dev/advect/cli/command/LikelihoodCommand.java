package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.run.Part;
import dev.advect.cli.run.Setup;
import dev.advect.cli.run.TrainedRun;
import dev.advect.data.Npy;
import dev.advect.data.Table;
import dev.advect.likelihood.Dequantization;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.likelihood.VolumeChange;
import dev.advect.solve.Effort;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.train.FlowModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Computes the log-density of rows under a trained model. */
@Command(
    name = "likelihood",
    description = "Computes the log-density of each row of data under a trained model, in nats.",
    mixinStandardHelpOptions = true)
final class LikelihoodCommand implements Runnable {
  private static final double LOG_2 = Math.log(2);

  private final Console console;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;
  @Mixin private SolverOptions solver;
  @Mixin private DivergenceOptions divergenceOptions;
  @Mixin private ConditionOptions condition;
  @Mixin private ScheduleOptions schedule;

  @Parameters(index = "0", paramLabel = "RUN", description = "A run directory or a model file.")
  private Path run;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATA",
      description = "A file or a built-in name; the run's own data unless given.")
  private String data;

  @Option(
      names = "--split",
      paramLabel = "PART",
      converter = Words.PartName.class,
      description =
          "train, validation, test or all rows of the run's own data; test unless given, where"
              + " the run has such rows.")
  private Part part;

  @Option(
      names = "-n",
      paramLabel = "N",
      converter = Numbers.Count.class,
      description = "Only the first N rows; of a generator 10000 new points unless given.")
  private Integer count;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = ".npy or .csv, one log-density a row; stdout unless given.")
  private String out;

  @Option(
      names = "--dequantize",
      paramLabel = "STEP",
      converter = Numbers.NotNegative.class,
      description =
          "Take the data as levels STEP apart: move each value to a random place between its level"
              + " and the next, and report bits per dimension of the discrete data. The run's own"
              + " data.dequantize unless given; 0 for data as they are.")
  private Double dequantize;

  LikelihoodCommand(Console console) {
    this.console = console;
  }

  /** What a document or a summary says. */
  private record Summary(
      int rows,
      int dim,
      double nats,
      double error,
      double perDimension,
      Optional<Dequantization> dequantization,
      double probeError) {
    static Summary of(Scores scores, int dim, Optional<Dequantization> dequantization) {
      double nats = scores.meanNegativeLogLikelihood();
      return new Summary(
          scores.rows(),
          dim,
          nats,
          scores.standardErrorOfMean(),
          nats / dim,
          dequantization,
          DoubleStream.of(scores.standardError()).average().orElse(Double.NaN));
    }

    /** Of the discrete data if they are, otherwise of the density. */
    double bitsPerDimension() {
      return dequantization
          .map(d -> d.bitsPerDimension(-nats, dim))
          .orElseGet(() -> perDimension / LOG_2);
    }
  }

  @Override
  public void run() {
    Output output = Output.of(out);
    if (!(output instanceof Output.Stdout)) {
      output.requireRows(talk.json());
    }
    VolumeChange divergence = divergenceOptions.change();
    output.requirePlace();
    device.requireKnown();
    TrainedRun opened = TrainedRun.open(run);
    SamplingConfig sampling = solver.over(opened.sampling());
    divergenceOptions.requireFit(sampling);
    ScoredRows rows = ScoredRows.find(opened, data, part, count);
    TrainedRun trained =
        schedule.over(condition.over(opened, rows.table().conditions(), rows.table().rows()));
    Optional<Dequantization> dequantization = dequantization(trained.model());
    float[] values = values(rows.table(), dequantization);
    Console console = talk.on(this.console);
    String under = condition.describe(trained.model());
    console.say("scoring " + rows.description() + (under.isEmpty() ? "" : ";" + under));
    Solver method = Setup.solver(sampling);
    Solved<Scores> solved;
    try (Backend backend = device.open(console)) {
      solved = trained.model().score(backend, values, method, divergence, solver.seed());
    }
    Scores scores = solved.result();
    Summary summary = Summary.of(scores, trained.model().dim(), dequantization);
    if (!(talk.json() && output instanceof Output.Stdout)) {
      write(scores, output, console);
    }
    long bad = DoubleStream.of(scores.logDensity()).filter(l -> !Double.isFinite(l)).count();
    if (bad > 0) {
      console.warn(
          "%d of %d log-densities are not finite: the solve diverged; take more --steps"
              .formatted(bad, scores.rows()));
    }
    say(console, summary, method, divergence);
    SolveReport.say(console, solved.effort());
    if (solver.printTimes()) {
      SolveReport.sayTimes(console, solved.effort());
    }
    if (talk.json()) {
      TalkOptions.print(
          console, document(trained, rows, summary, method, solved.effort(), divergence, output));
    }
  }

  private Optional<Dequantization> dequantization(FlowModel model) {
    if (dequantize == null) {
      return model.dequantization();
    }
    return dequantize == 0 ? Optional.empty() : Optional.of(new Dequantization(dequantize));
  }

  /** The rows, moved into their cells if they are discrete. */
  private float[] values(Table rows, Optional<Dequantization> dequantization) {
    if (dequantization.isEmpty()) {
      return rows.values();
    }
    try {
      dequantization.get().requireLevels(rows.values(), rows.columns());
    } catch (AdvectException e) {
      String hint = "--dequantize STEP says how far apart the levels are, 0 that there are none";
      throw new UsageException(e.getMessage(), hint);
    }
    return dequantization.get().apply(rows.values(), rows.columns(), solver.seed());
  }

  /** One number a row: an array of one dimension in NumPy's format. */
  private static void write(Scores scores, Output output, Console console) {
    float[] values = new float[scores.rows()];
    for (int row = 0; row < values.length; row++) {
      values[row] = (float) scores.logDensity()[row];
    }
    if (output instanceof Output.NpyFile(Path path)) {
      Npy.write(path, values, values.length);
    } else {
      output.write(Table.of(values, values.length, 1), console);
    }
  }

  private void say(Console console, Summary summary, Solver method, VolumeChange divergence) {
    console.say(
        String.format(
            Locale.ROOT,
            "mean negative log-likelihood %.4f nats, standard error %.4f over %d rows; %s, %s",
            summary.nats,
            summary.error,
            summary.rows,
            describe(divergence),
            method));
    String perDimension =
        summary
            .dequantization
            .map(
                d ->
                    String.format(
                        Locale.ROOT,
                        "at most %.4f bits per dimension of the discrete data, levels %s apart: an"
                            + " upper bound from rows moved into their cells by noise of seed %d",
                        summary.bitsPerDimension(),
                        Numbers.text(d.step()),
                        solver.seed()))
            .orElseGet(
                () ->
                    String.format(
                        Locale.ROOT,
                        "per dimension %.4f nats = %.4f bits, of the density of the data as they"
                            + " are (nothing was added to whole numbers)",
                        summary.perDimension,
                        summary.bitsPerDimension()));
    console.say(perDimension);
    if (Double.isFinite(summary.probeError) && divergence instanceof Divergence.Hutchinson) {
      console.say(
          String.format(
              Locale.ROOT,
              "standard error of a row over its probes: %.4f nats on average",
              summary.probeError));
    }
  }

  private static String describe(VolumeChange divergence) {
    return switch (divergence) {
      case Divergence.Exact _ -> "exact divergence";
      case VolumeChange.DiscreteExact _ -> "discrete-exact";
      case Divergence.Hutchinson(int probes) -> "hutchinson with %d probes".formatted(probes);
    };
  }

  private LinkedHashMap<String, Object> document(
      TrainedRun trained,
      ScoredRows rows,
      Summary summary,
      Solver method,
      Effort effort,
      VolumeChange divergence,
      Output output) {
    var document = new LinkedHashMap<String, Object>();
    document.put("model", trained.file().toString());
    document.put("data", rows.description());
    document.put("rows", summary.rows);
    document.put("columns", summary.dim);
    condition.put(document, trained.model());
    schedule.put(document);
    document.put("mean_nll_nats", TalkOptions.finite(summary.nats));
    document.put("standard_error_nats", TalkOptions.finite(summary.error));
    document.put("nats_per_dimension", TalkOptions.finite(summary.perDimension));
    document.put("bits_per_dimension", TalkOptions.finite(summary.bitsPerDimension()));
    summary.dequantization.ifPresent(d -> document.put("dequantize", d.step()));
    document.put("divergence", divergenceOptions.label());
    if (divergence instanceof Divergence.Hutchinson(int probes)) {
      document.put("probes", probes);
      document.put("mean_probe_standard_error_nats", TalkOptions.finite(summary.probeError));
    }
    SolveReport.put(document, method, effort);
    document.put("seed", solver.seed());
    if (!(output instanceof Output.Stdout)) {
      document.put("file", output.describe());
    }
    return document;
  }
}
