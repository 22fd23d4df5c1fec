package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.cli.Cli;
import dev.advect.cli.Console;
import dev.advect.cli.run.StopSignal;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the shell and man are told of the commands: all of them, and all their options. */
class ShellCommandsTest {
  @Test
  void theManualPageHasEveryCommandAndOption() {
    String page = printed("manual");
    assertThat(page).startsWith(".TH ADVECT 1 ");
    String plain = page.replace("\\-", "-");
    for (CommandSpec command : commands()) {
      String part = plain.split(Pattern.quote(".SS advect " + command.name() + "\n"), 2)[1];
      part = part.split("\n\\.S[SH] ", 2)[0];
      assertThat(part).contains(command.usageMessage().description());
      for (OptionSpec option : command.options()) {
        assertThat(part).contains(String.join(", ", option.names()));
      }
    }
  }

  @Test
  void noLineOfTheManualPageIsACommandByChance() {
    // An option's meaning begins with a point: ".npy, .csv, ...".
    assertThat(printed("manual").lines().filter(line -> line.matches("['.].*")))
        .allMatch(line -> line.matches("\\.(TH|SH|SS|B) .+|\\.(TP|PP)"));
    assertThat(printed("manual")).contains("\n\\&.npy, ");
  }

  @Test
  void theCompletionScriptHasEveryCommandAndOption() {
    String script = printed("completion");
    assertThat(script).startsWith("#!/usr/bin/env bash\n").contains("complete -F ");
    for (CommandSpec command : commands()) {
      assertThat(script).contains("_picocli_advect_" + command.name().replace("-", ""));
      for (OptionSpec option : command.options()) {
        assertThat(script).contains(option.names());
      }
    }
    assertThat(script).doesNotContain("rehearse");
  }

  private static String printed(String command) {
    Cli.Result result = Cli.run(command);
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  private static List<CommandSpec> commands() {
    List<CommandSpec> commands =
        Commands.line(Console.system(), new StopSignal()).getSubcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(command -> !command.usageMessage().hidden())
            .toList();
    assertThat(commands).hasSizeGreaterThan(10);
    return commands;
  }
}
