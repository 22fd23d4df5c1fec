package dev.advect.tests;

import dev.advect.cli.Console;
import dev.advect.cli.ExitCode;
import dev.advect.cli.Main;
import dev.advect.cli.run.StopSignal;
import dev.advect.train.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A training of the command line that goes on from a checkpoint on a CUDA device. */
final class TrainingWork implements FailureInjection.Work {
  private static final int STEPS = 4;

  private final Path folder;
  private final Path checkpointed;
  private Path run;
  private ExitCode code;

  private TrainingWork(Path folder) {
    this.folder = folder;
    checkpointed = folder.resolve("checkpointed");
  }

  /** Goes through all failures, in the folder that the argument names. */
  public static void main(String[] args) throws Throwable {
    var work = new TrainingWork(Path.of(args[0]));
    String told = work.begin();
    if (work.code != ExitCode.DONE) {
      throw new AssertionError(told);
    }
    FailureInjection.examine(work);
  }

  /** Trains to the checkpoint, on the CPU. */
  private String begin() {
    return advect(
        "train",
        "moons",
        "--out",
        checkpointed.toString(),
        "--device",
        "cpu",
        "--steps",
        Integer.toString(STEPS),
        "--set",
        "field.hidden=[16]",
        "--set",
        "data.points=64",
        "--set",
        "training.batch=32",
        "--set",
        "sampling.steps=2");
  }

  @Override
  public String run() throws IOException {
    run = copy();
    String steps = Integer.toString(2 * STEPS);
    String told = advect("train", "--resume", run.toString(), "--device", "cuda", "--steps", steps);
    return code == ExitCode.DONE ? "" : told;
  }

  @Override
  public List<String> mistakes(String told) {
    var mistakes = new ArrayList<String>();
    if (code != ExitCode.FAILED) {
      mistakes.add("ended as " + code);
    }
    if (!told.contains("error: ") || told.contains("\tat ")) {
      mistakes.add("nothing that a person could read");
    }
    long step = Checkpoint.read(run.resolve("checkpoint.safetensors")).state().step();
    if (step < STEPS) {
      mistakes.add("the checkpoint is of step " + step);
    }
    return mistakes;
  }

  private String advect(String... args) {
    var told = new ByteArrayOutputStream();
    var talk = new PrintStream(told, true, StandardCharsets.UTF_8);
    var console = new Console(OutputStream.nullOutputStream(), talk, false, false);
    code = Main.execute(console, new StopSignal(), args);
    return told.toString(StandardCharsets.UTF_8);
  }

  private Path copy() throws IOException {
    Path to = Files.createTempDirectory(folder, "run");
    try (Stream<Path> files = Files.list(checkpointed)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
