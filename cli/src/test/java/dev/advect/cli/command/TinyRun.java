package dev.advect.cli.command;

import dev.advect.cli.Cli;
import dev.advect.cli.ExitCode;
import dev.advect.cli.run.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Trainings that take a moment. */
final class TinyRun {
  /** The options that make the preset moons tiny; the interpreter is the same on every machine. */
  static final List<String> OPTIONS =
      List.of(
          "--device", "reference",
          "--set", "data.points=50",
          "--set", "field.hidden=[4]",
          "--set", "training.batch=8",
          "--set", "training.reportEvery=4",
          "--set", "training.checkpointEvery=6",
          "--set", "sampling.steps=2");

  private TinyRun() {}

  static Cli.Result train(Path folder, String... more) {
    return train(new StopSignal(), folder, more);
  }

  static Cli.Result train(StopSignal stop, Path folder, String... more) {
    var args = new ArrayList<>(List.of("train", "moons", "--out", folder.toString()));
    args.addAll(OPTIONS);
    args.addAll(List.of(more));
    return Cli.run(stop, args.toArray(String[]::new));
  }

  /** A finished run. */
  static void make(Path folder, String... more) {
    Cli.Result result = train(folder, more);
    if (result.code() != ExitCode.DONE) {
      throw new AssertionError(result.err());
    }
  }
}
