package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.bench.Worker;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speeds. */
@Command(
    name = "bench",
    description = "Measures speeds.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Tasks of a worker:",
      "  ot N DIM SECONDS   exact couplings of N with N points of a DIM-dimensional space, a second"
    })
final class BenchCommand implements Runnable {
  private final Console console;
  private final InputStream tasks;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--worker",
      description =
          "Read one task a line on stdin and answer one number a line on stdout: higher is better,"
              + " nan for a task that cannot be done.")
  private boolean worker;

  BenchCommand(Console console, InputStream tasks) {
    this.console = console;
    this.tasks = tasks;
  }

  @Override
  public void run() {
    if (!worker) {
      throw new UsageException(
          "advect bench has no workloads of its own in this version",
          "advect bench --worker answers tasks such as: ot 256 2 0.5");
    }
    var lines = new BufferedReader(new InputStreamReader(tasks, StandardCharsets.UTF_8));
    try (Backend backend = device.open(console)) {
      new Worker(console, backend).serve(lines);
    }
  }
}
