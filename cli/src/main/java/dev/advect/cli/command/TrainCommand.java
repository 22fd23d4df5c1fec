package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.config.Configs;
import dev.advect.cli.report.Progress;
import dev.advect.cli.run.Metrics;
import dev.advect.cli.run.RunDirectory;
import dev.advect.cli.run.Setup;
import dev.advect.cli.run.Souvenirs;
import dev.advect.cli.run.StopSignal;
import dev.advect.cli.run.Training;
import dev.advect.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a model and writes a run directory. */
@Command(
    name = "train",
    description = "Trains a model and writes a run directory.",
    mixinStandardHelpOptions = true,
    footer = {"", "Ctrl-C finishes the step, saves a checkpoint and says how to go on."})
final class TrainCommand implements Runnable {
  private final Console console;
  private final StopSignal stop;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;

  @Parameters(
      paramLabel = "CONFIG|PRESET",
      description = "A configuration file or a preset; with --resume also a run directory.")
  private String config;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run directory; runs/NAME unless given.")
  private Path out;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Numbers.Steps.class,
      description = "Steps in all, in place of training.steps.")
  private Integer steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Numbers.Seed.class,
      description = "Seed of every draw, in place of training.seed.")
  private Long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one value, as in --set field.hidden=[128,128]; may be repeated.")
  private List<String> set = List.of();

  @Option(names = "--resume", description = "Go on from the run directory's checkpoint.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      description = "Check everything and print the resolved configuration; write nothing.")
  private boolean dryRun;

  TrainCommand(Console console, StopSignal stop) {
    this.console = console;
    this.stop = stop;
  }

  @Override
  public void run() {
    device.requireKnown();
    Console console = talk.on(this.console);
    var changes =
        new Configs.Changes(
            set,
            steps == null ? OptionalLong.empty() : OptionalLong.of(steps),
            seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    RunChoice choice = RunChoice.of(config, out, changes, resume, dryRun);
    choice.notes().forEach(console::say);
    Setup setup = Setup.of(choice.config());
    setup.warning().ifPresent(console::warn);
    if (dryRun) {
      printPlan(console, choice, setup);
    } else {
      train(console, choice, setup);
    }
  }

  private void printPlan(Console console, RunChoice choice, Setup setup) {
    console.say(setup.data().describe());
    console.say(
        "%,d parameters; would write %s"
            .formatted(setup.step().parameters().count(), choice.directory()));
    if (talk.json()) {
      TalkOptions.print(this.console, ConfigText.tree(setup.config()));
    } else {
      this.console.write(ConfigText.yaml(setup.config()));
    }
  }

  private void train(Console console, RunChoice choice, Setup setup) {
    RunDirectory directory = choice.directory();
    Config config = setup.config();
    console.say(setup.data().describe());
    try (Backend backend = device.open(console);
        Trainer trainer = setup.trainer(backend)) {
      console.say(
          "%,d parameters, %,d steps of %,d samples, into %s"
              .formatted(
                  trainer.parameterCount(),
                  config.training().steps(),
                  config.training().batch(),
                  directory));
      if (choice.writesConfig()) {
        directory.writeConfig(config);
      }
      stop.arm(() -> console.say(System.lineSeparator() + "stopping after this step ..."));
      Training.Outcome outcome =
          new Training(setup, directory, console, stop, device::openChecking).run(trainer);
      boolean finished = outcome.step() >= config.training().steps();
      boolean pictured = outcome.before() == outcome.step() && Files.exists(directory.report());
      if (finished && !pictured) {
        new Souvenirs(setup, directory, console)
            .write(backend, setup.model(trainer.model()), outcome);
      }
      tell(console, directory, config, outcome, finished);
      if (talk.json()) {
        TalkOptions.print(this.console, document(backend, trainer, directory, outcome, finished));
      }
    }
  }

  private void tell(
      Console console,
      RunDirectory directory,
      Config config,
      Training.Outcome outcome,
      boolean finished) {
    if (!finished) {
      console.say(
          "stopped at step %d of %d; the checkpoint is in %s"
              .formatted(outcome.step(), config.training().steps(), directory));
      console.say("go on with: advect train --resume " + directory);
      return;
    }
    if (outcome.before() == outcome.step()) {
      console.say("%s is finished: it has done its %d steps".formatted(directory, outcome.step()));
      console.say(
          "for more: advect train --resume %s --steps %d".formatted(directory, 2 * outcome.step()));
    } else {
      List<Metrics.Line> lines = Metrics.read(directory.metrics());
      String loss =
          lines.isEmpty()
              ? ""
              : String.format(Locale.ROOT, ", last loss %.4f", lines.getLast().loss());
      console.say(
          "trained %d steps in %s%s"
              .formatted(outcome.step(), Progress.duration(outcome.seconds()), loss));
    }
    console.say("model:  " + directory.model());
    console.say("report: " + directory.report());
    console.say("next:   advect sample %s -n 1000 --out samples.npy".formatted(directory));
    console.say("        advect likelihood %s --out log_density.csv".formatted(directory));
  }

  private static LinkedHashMap<String, Object> document(
      Backend backend,
      Trainer trainer,
      RunDirectory directory,
      Training.Outcome outcome,
      boolean finished) {
    var document = new LinkedHashMap<String, Object>();
    document.put("run", directory.toString());
    document.put("finished", finished);
    document.put("step", outcome.step());
    document.put("resumed_from", outcome.before());
    document.put("seconds", outcome.seconds());
    document.put("parameters", trainer.parameterCount());
    document.put("device", backend.name());
    List<Metrics.Line> lines = Metrics.read(directory.metrics());
    if (!lines.isEmpty()) {
      document.put("loss", TalkOptions.finite(lines.getLast().loss()));
      document.put("samples_per_second", lines.getLast().samplesPerSecond());
    }
    return document;
  }
}
