package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.Version;
import dev.advect.cli.run.StopSignal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code advect} itself: nothing but its subcommands. */
@Command(
    name = "advect",
    description = "Trains, samples and scores flow-matching generative models.",
    mixinStandardHelpOptions = true,
    addMethodSubcommands = false,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 128 + signal when stopped.",
      "For example: advect train moons && advect sample runs/moons -n 1000 --out samples.csv"
    })
public final class Commands implements Runnable {
  private Commands() {}

  /**
   * The command line for some words: with the one command that the first word names, or else with
   * all of them. Looking through all the others for their options takes a tenth of a second.
   */
  public static CommandLine line(Console console, StopSignal stop, String... words) {
    Map<String, Supplier<Object>> commands = commands(console, stop);
    var line = new CommandLine(new Commands());
    if (words.length > 0 && commands.containsKey(words[0])) {
      line.addSubcommand(commands.get(words[0]).get());
    } else {
      commands.values().forEach(command -> line.addSubcommand(command.get()));
      line.addSubcommand(new HelpCommand());
    }
    // Each of them has the option.
    for (CommandLine command : line.getSubcommands().values()) {
      command.getCommandSpec().versionProvider(new Version());
    }
    line.setOut(new PrintWriter(console.data(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.talk(), true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(false);
    return line;
  }

  private static Map<String, Supplier<Object>> commands(Console console, StopSignal stop) {
    var commands = new LinkedHashMap<String, Supplier<Object>>();
    commands.put("train", () -> new TrainCommand(console, stop));
    commands.put("sample", () -> new SampleCommand(console));
    commands.put("likelihood", () -> new LikelihoodCommand(console));
    commands.put("evaluate", () -> new EvaluateCommand(console));
    commands.put("data", () -> new DataCommand(console));
    commands.put("inspect", () -> new InspectCommand(console));
    commands.put("explain", () -> new ExplainCommand(console));
    commands.put("devices", () -> new DevicesCommand(console));
    commands.put("bench", () -> new BenchCommand(console, System.in));
    commands.put("verify", () -> new VerifyCommand(console));
    commands.put("reproduce-2d", () -> new Reproduce2dCommand(console));
    commands.put("completion", () -> new CompletionCommand(console));
    commands.put("manual", () -> new ManualCommand(console));
    commands.put("rehearse", RehearseCommand::new);
    return commands;
  }

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new UsageException(
        "no command was given", "advect --help lists them; for example: advect train moons");
  }
}
