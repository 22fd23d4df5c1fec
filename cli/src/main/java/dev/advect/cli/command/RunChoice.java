package dev.advect.cli.command;

import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.config.Configs;
import dev.advect.cli.config.OptimizerConfig;
import dev.advect.cli.config.Presets;
import dev.advect.cli.run.RunDirectory;
import dev.advect.train.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which run a training writes: a new one, or one to go on with.
 *
 * @param directory its folder
 * @param config the configuration to train with
 * @param writesConfig whether the folder does not hold this configuration yet
 * @param notes what a person should know
 */
record RunChoice(RunDirectory directory, Config config, boolean writesConfig, List<String> notes) {
  private static final String STEPS = "training.steps";

  /** Takes an unmodifiable copy. */
  RunChoice {
    notes = List.copyOf(notes);
  }

  /**
   * Decides.
   *
   * @param argument CONFIG, PRESET, or with {@code resume} a run directory
   * @param out the folder; null for {@code runs/NAME}
   * @throws UsageException if a run would be overwritten, or resumed with another configuration
   */
  static RunChoice of(
      String argument, Path out, Configs.Changes changes, boolean resume, boolean dryRun) {
    Path folder = Path.of(argument);
    boolean preset = !resume && Presets.names().contains(argument); // whatever lies about here
    if (!preset && Files.isDirectory(folder) && Files.exists(new RunDirectory(folder).config())) {
      requireSame(argument, folder, out, resume);
      Path config = new RunDirectory(folder).config();
      return resumed(
          new RunDirectory(folder), Configs.load(config.toString(), changes).config(), changes);
    }
    Configs.Named named = Configs.load(argument, changes);
    var directory = new RunDirectory(out != null ? out : Path.of("runs", named.name()));
    if (Files.exists(directory.path()) && !Files.isDirectory(directory.path())) {
      throw new UsageException(
          directory + " is a file where the run directory should be", "choose another --out");
    }
    if (!directory.holdsRun()) {
      List<String> notes =
          resume ? List.of("nothing to resume in %s: starting".formatted(directory)) : List.of();
      return new RunChoice(directory, named.config(), true, notes);
    }
    if (!resume && !dryRun) {
      throw new UsageException(
          directory + " holds a run already",
          "go on with it: --resume; or keep it and write elsewhere: --out DIR");
    }
    if (!Files.exists(directory.config())) {
      throw new UsageException(
          "%s has lost its config.yaml and cannot be resumed".formatted(directory),
          "write elsewhere: --out DIR");
    }
    return resume
        ? resumed(directory, named.config(), changes)
        : new RunChoice(directory, named.config(), true, List.of());
  }

  private static void requireSame(String argument, Path folder, Path out, boolean resume) {
    if (!resume) {
      throw new UsageException(
          argument + " is a run directory",
          "go on with it: --resume; or train it again: advect train %s --out DIR"
              .formatted(new RunDirectory(folder).config()));
    }
    boolean elsewhere =
        out != null
            && !out.toAbsolutePath().normalize().equals(folder.toAbsolutePath().normalize());
    if (elsewhere) {
      throw new UsageException(
          "--resume %s goes on in that folder, not in --out %s".formatted(argument, out),
          "leave --out out");
    }
  }

  /** The run as it was started, with as many steps as are asked for now. */
  private static RunChoice resumed(RunDirectory directory, Config asked, Configs.Changes changes) {
    Config old = directory.readConfig();
    long steps = changes.setsSteps() ? asked.training().steps() : old.training().steps();
    var differences = ConfigText.differences(old.withSteps(steps), asked.withSteps(steps));
    if (!differences.isEmpty()) {
      var first = differences.firstEntry();
      throw new UsageException(
          "the run in %s was started with another configuration: %s is now %s"
              .formatted(directory, first.getKey(), first.getValue()),
          "to go on as it was started: advect train --resume %s; or write elsewhere: --out DIR"
              .formatted(directory));
    }
    long done = done(directory);
    if (steps < done) {
      throw new UsageException(
          "the run in %s has done %d steps, more than %d".formatted(directory, done, steps),
          "ask for more --steps, or write elsewhere: --out DIR");
    }
    return new RunChoice(
        directory,
        old.withSteps(steps),
        steps != old.training().steps(),
        notes(old, asked, steps, done));
  }

  private static List<String> notes(Config old, Config asked, long steps, long done) {
    var notes = new ArrayList<String>();
    long before = old.training().steps();
    if (steps != before) {
      notes.add("%s is %d now; the run was started with %d".formatted(STEPS, steps, before));
      if (old.optimizer().schedule() == OptimizerConfig.Schedule.COSINE) {
        notes.add("its cosine schedule now ends at step %d".formatted(steps));
      }
    } else if (asked.training().steps() != steps) {
      notes.add(
          "going on to the run's own %d steps; --steps %d would change that"
              .formatted(steps, asked.training().steps()));
    }
    if (done < steps) {
      notes.add("going on from step %d".formatted(done));
    }
    return notes;
  }

  private static long done(RunDirectory directory) {
    if (!Files.exists(directory.checkpoint())) {
      return 0;
    }
    return Checkpoint.read(directory.checkpoint()).state().step();
  }
}
