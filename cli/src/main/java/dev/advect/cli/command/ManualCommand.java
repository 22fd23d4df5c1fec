package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.Version;
import dev.advect.cli.run.StopSignal;
import picocli.CommandLine.Command;

/** Prints the manual page, which the build puts beside the program. */
@Command(
    name = "manual",
    description = "Prints the manual page in the language of man: advect manual | man -l -",
    mixinStandardHelpOptions = true,
    hidden = true)
final class ManualCommand implements Runnable {
  private final Console console;

  ManualCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    console.write(ManualPage.of(Commands.line(console, new StopSignal()), Version.text()));
  }
}
