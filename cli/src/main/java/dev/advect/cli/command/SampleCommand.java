package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Labels;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.report.Charts;
import dev.advect.cli.report.ImageGrid;
import dev.advect.cli.report.Png;
import dev.advect.cli.run.Setup;
import dev.advect.cli.run.TrainedRun;
import dev.advect.data.Npy;
import dev.advect.data.Table;
import dev.advect.likelihood.Scores;
import dev.advect.solve.Effort;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.solve.TimeGrid;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws samples of a trained model. */
@Command(
    name = "sample",
    description = "Draws samples of a trained model.",
    mixinStandardHelpOptions = true)
final class SampleCommand implements Runnable {
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  private final Console console;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;
  @Mixin private SolverOptions solver;
  @Mixin private DivergenceOptions divergence;
  @Mixin private ConditionOptions condition;
  @Mixin private ScheduleOptions schedule;

  @Parameters(paramLabel = "RUN", description = "A run directory or a model.safetensors.")
  private Path run;

  @Option(
      names = "-n",
      paramLabel = "N",
      required = true,
      converter = Numbers.Count.class,
      description = "How many samples.")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          ".npy, .csv, .csv.gz, or .png for images and points; CSV on stdout unless given.")
  private String out;

  @Option(
      names = "--trajectory",
      description =
          "Keep the way from noise to sample: .npy of (steps + 1, n, columns), or CSV whose first"
              + " two columns are the step and the sample.")
  private boolean trajectory;

  @Option(
      names = "--times",
      paramLabel = "T,T,...",
      split = ",",
      converter = Numbers.Finite.class,
      description =
          "Keep the samples at these times, ascending in [0, 1]: .npy of (times, n, columns), or"
              + " CSV whose first two columns are the time and the sample. Equal steps are divided"
              + " so that each time is hit exactly; the solve ends at the last.")
  private List<Double> times;

  @Option(
      names = "--with-likelihood",
      description = "Add a column log_density, in nats, from the same solve.")
  private boolean withLikelihood;

  @Option(
      names = "--sde",
      paramLabel = "C",
      converter = Numbers.Positive.class,
      description =
          "Solve the stochastic equation whose points have the same laws, in euler steps, with C"
              + " times the noise level stirred in; errors of the model are forgotten on the way."
              + " 1 is a good start.")
  private Double sde;

  SampleCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    Output output = Output.of(out);
    output.requireFileWith(talk.json());
    requireConsistent(output);
    output.requirePlace();
    device.requireKnown();
    TrainedRun trained =
        schedule.over(condition.over(TrainedRun.open(run), Optional.empty(), count));
    SamplingConfig sampling =
        sde == null ? solver.over(trained.sampling()) : solver.overEuler(trained.sampling());
    divergence.requireFit(sampling);
    requireRoom(trained.model(), sampling);
    requirePicture(output, trained.model());
    Console console = talk.on(this.console);
    var options = new SamplingOptions(solver(trained.model(), sampling), solver.seed());
    Effort effort;
    try (Backend backend = device.open(console)) {
      effort = write(backend, trained, options, output);
    }
    console.say(
        "wrote %d samples%s (%s, seed %d) to %s"
            .formatted(
                count,
                condition.describe(trained.model()),
                options.solver(),
                options.seed(),
                output.describe()));
    SolveReport.say(console, effort);
    if (solver.printTimes()) {
      SolveReport.sayTimes(console, effort);
    }
    if (talk.json()) {
      var document = new LinkedHashMap<String, Object>();
      document.put("model", trained.file().toString());
      document.put("samples", count);
      document.put("columns", trained.model().dim());
      condition.put(document, trained.model());
      schedule.put(document);
      SolveReport.put(document, options.solver(), effort);
      document.put("seed", solver.seed());
      document.put("file", output.describe());
      TalkOptions.print(console, document);
    }
  }

  private Solver solver(FlowModel model, SamplingConfig sampling) {
    if (sde == null) {
      return Setup.solver(sampling);
    }
    try {
      model.flow().requireScore();
    } catch (AdvectException e) {
      throw new UsageException("--sde: ", e);
    }
    return new Solver.EulerMaruyama(sampling.steps().orElseThrow(), sde);
  }

  private Effort write(
      Backend backend, TrainedRun trained, SamplingOptions options, Output output) {
    FlowModel model = trained.model();
    if (trajectory) {
      Solved<float[]> way = model.drawTrajectory(backend, options, count);
      double[] steps = IntStream.range(0, way.effort().times().length).asDoubleStream().toArray();
      writeWay(way.result(), model.dim(), "step", steps, output);
      return way.effort();
    }
    if (times != null) {
      Solved<float[]> way = model.drawAt(backend, options, count, requested());
      writeWay(way.result(), model.dim(), "time", requested(), output);
      return way.effort();
    }
    if (withLikelihood) {
      Solved<FlowModel.ScoredSamples> scored =
          model.drawWithLikelihood(backend, options, count, divergence.change());
      output.write(
          withScores(scored.result().samples(), scored.result().scores(), model.dim()), console);
      return scored.effort();
    }
    Solved<float[]> drawn = model.draw(backend, options, count);
    Table table = trained.table(drawn.result());
    warnOfNonFinite(table);
    if (output instanceof Output.PngFile(Path path)) {
      draw(table, trained).write(path);
    } else {
      output.write(table, console);
    }
    return drawn.effort();
  }

  private void warnOfNonFinite(Table table) {
    long bad = IntStream.range(0, table.rows()).filter(row -> !isFinite(table, row)).count();
    if (bad > 0) {
      console.warn(
          "%d of %d samples are not finite: the solve diverged; take more --steps"
              .formatted(bad, table.rows()));
    }
  }

  private static boolean isFinite(Table table, int row) {
    return IntStream.range(0, table.columns()).allMatch(c -> Float.isFinite(table.at(row, c)));
  }

  private void requireConsistent(Output output) {
    requireOne(
        new String[] {"--trajectory", "--times", "--with-likelihood"},
        trajectory,
        times != null,
        withLikelihood);
    requireOne(new String[] {"--sde", "--with-likelihood"}, sde != null, withLikelihood);
    if (times != null) {
      try {
        TimeGrid.requireAscending(requested());
      } catch (AdvectException e) {
        throw new UsageException("--times: ", e);
      }
    }
    if (trajectory || times != null || withLikelihood) {
      output.requireRows(talk.json());
    }
    if (divergence.given() && !withLikelihood) {
      throw new UsageException(
          "--divergence and --probes belong to --with-likelihood", "add it, or leave them out");
    }
    divergence.change();
  }

  private static void requireOne(String[] options, boolean... given) {
    int[] used = IntStream.range(0, given.length).filter(i -> given[i]).toArray();
    if (used.length > 1) {
      throw new UsageException(
          "%s and %s do not go together".formatted(options[used[0]], options[used[1]]),
          "run the command twice");
    }
  }

  private double[] requested() {
    return times.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void requireRoom(FlowModel model, SamplingConfig sampling) {
    if (trajectory && !sampling.solver().hasEqualSteps()) {
      throw new UsageException(
          "--trajectory needs equal steps, and %s takes its own for every sample"
              .formatted(Labels.of(sampling.solver())),
          "name the times to keep, as in --times 0,0.25,0.5,1, or choose another --solver");
    }
    int kept = trajectory ? sampling.steps().orElseThrow() + 1 : times == null ? 1 : times.size();
    long rows = (long) kept * count;
    long columns = model.dim() + 2L;
    if (rows * columns > MOST_NUMBERS) {
      throw new UsageException(
          "%d rows of %d numbers do not fit into one table".formatted(rows, model.dim()),
          "draw at most %d at a time, with several seeds"
              .formatted(MOST_NUMBERS / columns / Math.max(1, rows / count)));
    }
  }

  private void requirePicture(Output output, FlowModel model) {
    if (!(output instanceof Output.PngFile)) {
      return;
    }
    if (model.image().isPresent() && count > ImageGrid.MOST) {
      throw new UsageException(
          "%d images are too many for one picture".formatted(count),
          "at most -n %d, or end --out in .npy".formatted(ImageGrid.MOST));
    }
    if (model.image().isEmpty() && model.dim() > 2) {
      throw new UsageException(
          "the model makes rows of %d columns, neither images nor points of a plane"
              .formatted(model.dim()),
          "end --out in .npy or .csv");
    }
  }

  private static Png draw(Table table, TrainedRun trained) {
    return Png.draw(
        () ->
            table
                .image()
                .map(
                    shape ->
                        ImageGrid.draw(
                            table,
                            shape,
                            trained.range().orElseGet(() -> ImageGrid.Range.of(table))))
                .orElseGet(() -> Charts.clouds(List.of(new Charts.Cloud("samples", table)))));
  }

  private static Table withScores(float[] samples, Scores scores, int dim) {
    float[] values = new float[scores.rows() * (dim + 1)];
    for (int row = 0; row < scores.rows(); row++) {
      System.arraycopy(samples, row * dim, values, row * (dim + 1), dim);
      values[row * (dim + 1) + dim] = (float) scores.logDensity()[row];
    }
    List<String> names = new ArrayList<>(columns(dim));
    names.add("log_density");
    return Table.of(values, scores.rows(), dim + 1).withNames(names);
  }

  private void writeWay(float[] values, int dim, String what, double[] marks, Output output) {
    int times = marks.length;
    if (output instanceof Output.NpyFile(Path path)) {
      Npy.write(path, values, times, count, dim);
      return;
    }
    int width = dim + 2;
    float[] rows = new float[times * count * width];
    for (int row = 0; row < times * count; row++) {
      rows[row * width] = (float) marks[row / count];
      rows[row * width + 1] = row % count;
      System.arraycopy(values, row * dim, rows, row * width + 2, dim);
    }
    List<String> names = new ArrayList<>(List.of(what, "sample"));
    names.addAll(columns(dim));
    output.write(Table.of(rows, times * count, width).withNames(names), console);
  }

  private static List<String> columns(int dim) {
    return IntStream.range(0, dim).mapToObj(i -> "x" + i).toList();
  }
}
