package dev.advect.cli;

import dev.advect.cli.run.StopSignal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the command as a process would, and keeps what it said. */
public final class Cli {
  private Cli() {}

  /** What a command did. */
  public record Result(ExitCode code, String out, String err) {}

  /** Runs a command that nobody stops. */
  public static Result run(String... args) {
    return run(new StopSignal(), args);
  }

  /** Runs a command. */
  public static Result run(StopSignal stop, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    ExitCode code = Main.execute(console, stop, args);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
