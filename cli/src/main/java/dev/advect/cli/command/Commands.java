package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.Version;
import dev.advect.cli.run.StopSignal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code advect} itself: nothing but its subcommands. */
@Command(
    name = "advect",
    description = "Trains, samples and scores flow-matching generative models.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 128 + signal when stopped.",
      "For example: advect train moons && advect sample runs/moons -n 1000 --out samples.csv"
    })
public final class Commands implements Runnable {
  private Commands() {}

  /** The command line with all commands. */
  public static CommandLine line(Console console, StopSignal stop) {
    var line =
        new CommandLine(new Commands())
            .addSubcommand(new TrainCommand(console, stop))
            .addSubcommand(new SampleCommand(console))
            .addSubcommand(new LikelihoodCommand(console))
            .addSubcommand(new EvaluateCommand(console))
            .addSubcommand(new DataCommand(console))
            .addSubcommand(new InspectCommand(console))
            .addSubcommand(new ExplainCommand(console))
            .addSubcommand(new DevicesCommand(console))
            .addSubcommand(new BenchCommand(console, System.in))
            .addSubcommand(new VerifyCommand(console))
            .addSubcommand(new Reproduce2dCommand(console))
            .addSubcommand(new HelpCommand());
    line.setOut(new PrintWriter(console.data(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.talk(), true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(false);
    return line;
  }

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new UsageException(
        "no command was given", "advect --help lists them; for example: advect train moons");
  }
}
