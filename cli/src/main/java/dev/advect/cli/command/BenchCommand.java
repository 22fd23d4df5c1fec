package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.bench.Speed;
import dev.advect.cli.bench.StandardWorkloads;
import dev.advect.cli.bench.Warmup;
import dev.advect.cli.bench.Worker;
import dev.advect.cli.bench.Workload;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures speeds. */
@Command(
    name = "bench",
    description =
        "Measures the speeds of standard workloads, and what share of the multiply-adds that this"
            + " machine could do they reach.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "A workload is named by what is done, the dimension of the data, the width and number of"
          + " hidden layers, and the samples at a time: train-2-64x3-256. The rate is that of the"
          + " median run; the mean, of all runs together, is what a long training gets, which"
          + " other programs and the machine interrupt.",
      "",
      "Tasks of a worker:",
      "  train DIM WIDTH DEPTH ACTIVATION BATCH SECONDS   training steps with Adam",
      "  sample DIM WIDTH DEPTH ACTIVATION N SECONDS      samples, 100 Euler steps",
      "  loglik DIM WIDTH DEPTH ACTIVATION N SECONDS      log-densities, 100 steps",
      "  ot N DIM SECONDS                                 exact couplings",
      "  gemm NN|NT|TN M N K SECONDS                      GFLOP of a product"
    })
final class BenchCommand implements Runnable {
  private final Console console;
  private final InputStream tasks;
  private final List<Workload> workloads;
  private final Warmup warmup;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Only workloads whose names begin so, as train or ot-256-2; all unless given.")
  private List<String> names = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      converter = Numbers.NotNegative.class,
      defaultValue = "3",
      description =
          "Measure each workload so long, at least two runs, once it is warm (default:"
              + " ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--worker",
      description =
          "Read one task a line on stdin and answer one number a line on stdout: higher is better,"
              + " nan for a task that cannot be done.")
  private boolean worker;

  BenchCommand(Console console, InputStream tasks) {
    this(console, tasks, StandardWorkloads.all(), Warmup.standard());
  }

  BenchCommand(Console console, InputStream tasks, List<Workload> workloads, Warmup warmup) {
    this.console = console;
    this.tasks = tasks;
    this.workloads = workloads;
    this.warmup = warmup;
  }

  @Override
  public void run() {
    if (worker) {
      serve();
    } else {
      device.requireKnown();
      measure(StandardWorkloads.named(names, workloads), talk.on(console));
    }
  }

  private void serve() {
    if (!names.isEmpty() || talk.json()) {
      throw new UsageException(
          "--worker takes neither names nor --json", "a worker is told by its input what to do");
    }
    var lines = new BufferedReader(new InputStreamReader(tasks, StandardCharsets.UTF_8));
    try (Backend backend = device.open(talk.on(console))) {
      new Worker(console, backend, warmup).serve(lines);
    }
  }

  private void measure(List<Workload> chosen, Console console) {
    try (Backend backend = device.open(console)) {
      console.say("measuring the peak");
      double peak = backend.peakFlops();
      console.say(
          peak == 0
              ? "the peak of this device is not known"
              : String.format(Locale.ROOT, "peak: %.1f GFLOP/s", peak / 1e9));
      int width = chosen.stream().mapToInt(w -> w.name().length()).max().orElse(0);
      var table = new SpeedTable(width, peak);
      if (!talk.json()) {
        console.write(table.head());
      }
      var speeds = new ArrayList<Speed>();
      for (Workload workload : chosen) {
        console.say("warming and measuring " + workload.name());
        Speed speed = Speed.of(workload, backend, warmup, seconds);
        speeds.add(speed);
        if (!talk.json()) {
          console.write(table.row(speed));
        }
      }
      if (talk.json()) {
        var document = new LinkedHashMap<String, Object>();
        document.put("device", backend.name());
        document.put("description", backend.description());
        document.put("peakGflops", peak == 0 ? null : peak / 1e9);
        document.put("workloads", speeds.stream().map(s -> document(s, peak)).toList());
        TalkOptions.print(console, document);
      }
    }
  }

  private static Map<String, Object> document(Speed speed, double peak) {
    var document = new LinkedHashMap<String, Object>();
    document.put("name", speed.workload().name());
    document.put("task", speed.workload().task());
    document.put("rate", speed.rate());
    document.put("meanRate", speed.mean());
    document.put("unit", speed.workload().unit() + "/s");
    boolean counted = speed.flops() > 0;
    document.put("gflops", counted ? speed.flops() / 1e9 : null);
    document.put("percentOfPeak", counted && peak > 0 ? 100 * speed.flops() / peak : null);
    return document;
  }
}
