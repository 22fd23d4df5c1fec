package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.run.TransportTable;
import dev.advect.file.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the table of the script {@code examples/reproduce-2d.sh}. */
@Command(
    name = "reproduce-2d",
    description =
        "Trains OT-CFM, I-CFM and FM from noise to 8gaussians and to moons over several seeds, and"
            + " writes W2 and NPE as a table in Markdown.",
    mixinStandardHelpOptions = true,
    hidden = true)
final class Reproduce2dCommand implements Runnable {
  private final Console console;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      converter = Numbers.Draws.class,
      defaultValue = "5",
      description = "Trainings of each method (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Numbers.Steps.class,
      defaultValue = "10000",
      description = "Steps of a training (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "-n",
      paramLabel = "N",
      converter = Numbers.SetSize.class,
      defaultValue = "4000",
      description = "Points of a set (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--draws",
      paramLabel = "D",
      converter = Numbers.Draws.class,
      defaultValue = "5",
      description = "Sets for each model (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--out",
      paramLabel = "FILE.md",
      description = "Where the table goes; stdout unless given.")
  private Path out;

  Reproduce2dCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    String table;
    try (Backend backend = device.open(console)) {
      var options = new TransportTable.Options(seeds, steps, rows, draws);
      table = new TransportTable(options).make(backend, console);
    }
    if (out == null) {
      console.write(table);
    } else {
      AtomicFile.write(out, file -> file.write(table.getBytes(StandardCharsets.UTF_8)));
      console.say("wrote " + out);
    }
  }
}
