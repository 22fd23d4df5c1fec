package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.Version;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.config.TrainingConfig;
import dev.advect.cli.report.Progress;
import dev.advect.file.Safetensors;
import dev.advect.train.Checkpoint;
import dev.advect.train.NonFiniteLoss;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingState;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The loop of a training: steps, reports, checkpoints.
 *
 * <p>Of each checkpoint that is written the metrics come first, then the checkpoint, then the
 * model, each whole or not at all: whenever the process is killed, what a resumed run reads belongs
 * to one step, and what it drops or writes again is the same as without the kill. The next steps
 * are done meanwhile; a small network would otherwise wait for the disk an eighth of the time.
 */
public final class Training {
  private final Setup setup;
  private final TrainingConfig config;
  private final RunDirectory directory;
  private final Console console;
  private final StopSignal stop;
  private final Supplier<Backend> checking;
  private final Pace pace = new Pace();
  private final Saver saver = new Saver();
  private final Map<String, String> checkpointMetadata = new TreeMap<>();
  private final Map<String, String> modelMetadata = new TreeMap<>();
  private Window window = Window.start();

  /**
   * A training of a setup into a folder that holds its configuration.
   *
   * @param checking opens a device like that of the training which looks at every number
   */
  public Training(
      Setup setup,
      RunDirectory directory,
      Console console,
      StopSignal stop,
      Supplier<Backend> checking) {
    this.setup = setup;
    this.config = setup.config().training();
    this.directory = directory;
    this.console = console;
    this.stop = stop;
    this.checking = checking;
    checkpointMetadata.put(TrainedRun.CONFIGURATION, ConfigText.json(setup.config()));
    checkpointMetadata.put("software", Version.text());
    modelMetadata.putAll(checkpointMetadata);
    modelMetadata.put("data", setup.data().describe());
    setup.pictureRange().ifPresent(r -> modelMetadata.put(TrainedRun.DATA_RANGE, r.text()));
  }

  /**
   * How it ended.
   *
   * @param step the steps done in all
   * @param before the steps that an earlier process had done
   * @param seconds spent training since step 0
   */
  public record Outcome(long step, long before, double seconds) {}

  /** Goes back to the folder's checkpoint if there is one, and on to the last step. */
  public Outcome run(Trainer trainer) {
    if (Files.exists(directory.checkpoint())) {
      Checkpoint checkpoint = Checkpoint.read(directory.checkpoint());
      trainer.restore(checkpoint.state());
      window = Window.of(checkpoint.metadata(), directory.checkpoint());
    }
    long before = trainer.step();
    if (before < config.steps() || !modelIsOf(before)) {
      var spent = Duration.ofMillis(Math.round(window.total() * 1000));
      try (var metrics = Metrics.after(before, directory.metrics());
          saver;
          var progress = new Progress(console, before, config.steps(), spent)) {
        advance(trainer, metrics, progress);
      }
    }
    return new Outcome(trainer.step(), before, window.total());
  }

  /** Whether the model is as far as the checkpoint; a kill between the two leaves it behind. */
  private boolean modelIsOf(long step) {
    return Files.exists(directory.model())
        && Safetensors.read(directory.model())
            .metadata()
            .getOrDefault("step", "")
            .equals(Long.toString(step));
  }

  private void advance(Trainer trainer, Metrics metrics, Progress progress) {
    var checkpoints = new Checkpoints(kept(trainer), System::nanoTime);
    while (trainer.step() < config.steps() && !stop.requested()) {
      int steps = (int) Math.min(pace.steps(), boundary(trainer.step()) - trainer.step());
      long start = System.nanoTime();
      double loss = advance(trainer, steps, metrics, checkpoints);
      double seconds = (System.nanoTime() - start) / 1e9;
      pace.observe(steps, seconds);
      window = window.plus(loss, steps, seconds);
      long step = trainer.step();
      progress.moveTo(step);
      if (isDue(step, config.reportEvery())) {
        report(step, metrics, progress);
      }
      if (isDue(step, config.checkpointEvery())) {
        checkpoints.keep(kept(trainer));
      }
      if (saver.isIdle() && checkpoints.isDue()) {
        write(checkpoints, trainer, metrics);
      } else if (saver.isIdle() && metrics.isDue()) {
        saver.write(metrics::flush);
      }
    }
    if (!checkpoints.isWritten(trainer.step())) {
      checkpoints.keep(kept(trainer));
      write(checkpoints, trainer, metrics);
    }
  }

  private Checkpoints.Kept kept(Trainer trainer) {
    return new Checkpoints.Kept(trainer.state(), window);
  }

  /** Does some steps; if that fails, what is kept is written first. */
  private double advance(Trainer trainer, int steps, Metrics metrics, Checkpoints checkpoints) {
    try {
      return trainer.advance(steps);
    } catch (RuntimeException | Error problem) {
      if (checkpoints.isPending()) {
        write(checkpoints, trainer, metrics);
      }
      saver.await();
      if (problem instanceof NonFiniteLoss loss) {
        throw explained(loss, trainer, checkpoints.newest().state());
      }
      throw problem;
    }
  }

  private AdvectException explained(NonFiniteLoss problem, Trainer trainer, TrainingState good) {
    console.say("the loss is not finite: looking for the cause ...");
    String saved =
        Files.exists(directory.checkpoint())
            ? "; the checkpoint of step %d in %s is still good".formatted(good.step(), directory)
            : "; nothing was saved yet";
    return new Breakdown(setup, trainer, good, checking).explain(problem, saved);
  }

  /** The next step at which there is something to write. */
  private long boundary(long step) {
    long report = (step / config.reportEvery() + 1) * config.reportEvery();
    long checkpoint = (step / config.checkpointEvery() + 1) * config.checkpointEvery();
    return Math.min(config.steps(), Math.min(report, checkpoint));
  }

  private boolean isDue(long step, long every) {
    return step % every == 0 || step == config.steps();
  }

  private void report(long step, Metrics metrics, Progress progress) {
    double rate = window.samplesPerSecond(config.batch());
    var line =
        new Metrics.Line(
            step, window.meanLoss(), setup.options().learningRate(step - 1), rate, window.total());
    metrics.append(line);
    progress.report(step, line.loss(), rate, line.seconds());
    window = window.reported();
  }

  /** Writes the newest checkpoint. */
  private void write(Checkpoints checkpoints, Trainer trainer, Metrics metrics) {
    Checkpoints.Kept newest = checkpoints.write();
    var metadata = new TreeMap<>(checkpointMetadata);
    metadata.putAll(newest.window().metadata());
    saver.write(
        () -> {
          metrics.force();
          Checkpoint.write(directory.checkpoint(), newest.state(), metadata);
          setup.model(trainer.model(newest.state())).save(directory.model(), modelMetadata);
        });
  }
}
