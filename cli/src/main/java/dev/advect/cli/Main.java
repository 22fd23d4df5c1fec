package dev.advect.cli;

import dev.advect.cli.command.Commands;
import dev.advect.cli.run.StopSignal;
import java.math.BigDecimal;
import java.util.Locale;
import picocli.CommandLine;

/** The entry point of the command {@code advect}. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    prepare();
    // Numbers are written the same everywhere.
    Locale.setDefault(Locale.ROOT);
    System.setProperty("java.awt.headless", "true");
    // No option is a date or of a database; looking for those types' converters takes time.
    System.setProperty("picocli.converters.excludes", "java.time.*,java.sql.*");
    System.exit(execute(Console.system(), new StopSignal(), args).code());
  }

  /**
   * Begins, while the words of the command are understood, what whoever reads JSON waits for: the
   * JDK's table of powers for decimals takes a thirtieth of a second.
   */
  private static void prepare() {
    Thread.ofPlatform().daemon().name("advect-decimals").start(() -> BigDecimal.ONE.signum());
  }

  /**
   * Runs the command.
   *
   * @param console where data and talk go
   * @param stop tells a training to end early
   */
  public static ExitCode execute(Console console, StopSignal stop, String... args) {
    CommandLine line = Commands.line(console, stop, args);
    line.setParameterExceptionHandler(
        (problem, _) -> Problems.usage(problem, console.talk()).code());
    line.setExecutionExceptionHandler(
        (problem, _, _) -> Problems.execution(problem, console.talk()).code());
    try {
      int code = line.execute(args);
      return ExitCode.values()[code];
    } catch (Error e) {
      return Problems.execution(e, console.talk());
    } finally {
      stop.finished();
    }
  }
}
