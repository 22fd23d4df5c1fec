package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.run.Evaluation;
import dev.advect.cli.run.Evaluation.Distance;
import dev.advect.cli.run.ReferenceSets;
import dev.advect.cli.run.Setup;
import dev.advect.cli.run.TrainedRun;
import dev.advect.data.Table;
import dev.advect.likelihood.Divergence;
import dev.advect.metric.Estimate;
import dev.advect.solve.Solver;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how good a trained model is. */
@Command(
    name = "evaluate",
    description =
        "Measures how far a model's samples are from data that it was not trained on, how straight"
            + " their ways are, and what the data cost in nats.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Distances are not 0 even for a perfect model: read them beside those between two sets of the"
          + " data. NPE is |E - W2^2| / W2^2 of the path energy E and W2 between noise and data."
    })
final class EvaluateCommand implements Runnable {
  private final Console console;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;
  @Mixin private SolverOptions solver;

  @Parameters(paramLabel = "RUN", description = "A run directory or a model file.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "FILE|NAME",
      description =
          "What to compare with; unless given the run's own data: new points of a generator, the"
              + " test rows of finite data, or halves of its rows if it has no test rows.")
  private String data;

  @Option(
      names = "-n",
      paramLabel = "N",
      converter = Numbers.Count.class,
      description = "Rows of a set; at most 4000 unless given.")
  private Integer count;

  @Option(
      names = "--draws",
      paramLabel = "D",
      converter = Numbers.Draws.class,
      defaultValue = "5",
      description = "How many sets to draw, for means and errors (default: ${DEFAULT-VALUE}).")
  private int draws;

  EvaluateCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    device.requireKnown();
    if (solver.printTimes()) {
      throw new UsageException(
          "--print-times belongs to sample and likelihood", "leave it out; evaluate solves often");
    }
    TrainedRun trained = TrainedRun.open(run);
    SamplingConfig sampling = solver.over(trained.sampling());
    ReferenceSets sets = ReferenceSets.find(trained, data, count, draws, solver.seed());
    Solver method = Setup.solver(sampling);
    Console console = talk.on(this.console);
    console.say("comparing with " + sets.description());
    var condition = new ConditionOptions();
    Evaluation evaluation;
    try (Backend backend = device.open(console)) {
      evaluation =
          Evaluation.of(
              backend,
              (Table rows) -> condition.over(trained, rows.conditions(), rows.rows()).model(),
              sets,
              method,
              draws,
              solver.seed());
    }
    if (talk.json()) {
      TalkOptions.print(this.console, document(trained, sets, evaluation, method));
    } else {
      this.console.write(text(sets, evaluation, method));
    }
  }

  private String text(ReferenceSets sets, Evaluation evaluation, Solver method) {
    var text = new StringBuilder();
    text.append("%s: %s%n".formatted(sets.source().name(), sets.source().description()));
    text.append(
        "%s; %d sets of samples, %s, seed %d%n%n"
            .formatted(sets.description(), draws, method, solver.seed()));
    text.append("%-24s%-26s%s%n".formatted("", "samples and data", "two sets of the data"));
    row(text, "W2, exact", evaluation.w2());
    row(text, "W2, sliced", evaluation.sliced());
    row(text, "MMD^2", evaluation.discrepancy());
    text.append(System.lineSeparator());
    line(text, "path energy", shown(evaluation.energy()));
    evaluation.transport().ifPresent(t -> line(text, "W2^2, noise and data", shown(t)));
    evaluation.normalizedPathEnergy().ifPresent(npe -> line(text, "NPE", number(npe)));
    Evaluation.Likelihood nats = evaluation.likelihood();
    line(text, "NLL, nats", shown(nats.model()));
    nats.oracle().ifPresent(o -> line(text, "  of the law itself", shown(o)));
    nats.excess().ifPresent(e -> line(text, "  excess", shown(e)));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, Distance distance) {
    String floor = distance.floor().map(EvaluateCommand::shown).orElse("no further rows");
    text.append("%-24s%-26s%s%n".formatted(name, shown(distance.model()), floor));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-24s%s%n".formatted(name, value));
  }

  private static String shown(Estimate estimate) {
    return Double.isNaN(estimate.standardError())
        ? number(estimate.mean())
        : number(estimate.mean()) + " +- " + number(estimate.standardError());
  }

  private static String number(double value) {
    double size = Math.abs(value);
    return size != 0 && size < 1e-3
        ? String.format(Locale.ROOT, "%.1e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private Map<String, Object> document(
      TrainedRun trained, ReferenceSets sets, Evaluation evaluation, Solver method) {
    var document = new LinkedHashMap<String, Object>();
    document.put("model", trained.file().toString());
    document.put("data", sets.source().name());
    document.put("data_description", sets.source().description());
    document.put("reference", sets.description());
    document.put("rows", sets.rows());
    document.put("columns", trained.model().dim());
    document.put("draws", draws);
    put(document, "w2", evaluation.w2());
    put(document, "sliced_w2", evaluation.sliced());
    put(document, "mmd_squared", evaluation.discrepancy());
    put(document, "path_energy", Optional.of(evaluation.energy()));
    put(document, "w2_squared_noise_data", evaluation.transport());
    document.put("npe", evaluation.normalizedPathEnergy().orElse(null));
    Evaluation.Likelihood nats = evaluation.likelihood();
    put(document, "nll_nats", Optional.of(nats.model()));
    put(document, "oracle_nll_nats", nats.oracle());
    put(document, "excess_nll_nats", nats.excess());
    document.put("nll_rows", nats.rows());
    document.put(
        "divergence", nats.divergence() instanceof Divergence.Exact ? "exact" : "hutchinson");
    SolveReport.put(document, method);
    document.put("seed", solver.seed());
    return document;
  }

  private static void put(Map<String, Object> document, String key, Distance distance) {
    put(document, key, Optional.of(distance.model()));
    put(document, key + "_floor", distance.floor());
  }

  /** A number and its standard error; null where there is none. */
  private static void put(Map<String, Object> document, String key, Optional<Estimate> estimate) {
    document.put(key, estimate.map(e -> TalkOptions.finite(e.mean())).orElse(null));
    document.put(
        key + "_standard_error",
        estimate.map(e -> TalkOptions.finite(e.standardError())).orElse(null));
  }
}
