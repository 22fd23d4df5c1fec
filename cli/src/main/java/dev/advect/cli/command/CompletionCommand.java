package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.run.StopSignal;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints what a shell needs to complete the words of a command line. */
@Command(
    name = "completion",
    description = "Prints a script with which bash and zsh complete commands and options.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "To use it now and in new shells: echo 'source <(advect completion)' >> ~/.bashrc"
    })
final class CompletionCommand implements Runnable {
  private final Console console;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    console.write(AutoComplete.bash("advect", Commands.line(console, new StopSignal())));
  }
}
