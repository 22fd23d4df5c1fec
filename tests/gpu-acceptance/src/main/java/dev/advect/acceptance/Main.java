package dev.advect.acceptance;

import dev.advect.AdvectException;
import dev.advect.cuda.Cuda;
import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceDescription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs everything on the first device, prints the table and writes it as JSON. */
public final class Main {
  /** Arrays of 256 MiB, five times the cache of an H100. */
  private static final int SAMPLES = 1 << 20;

  private static final double ROUND_SECONDS = 0.05;

  private Main() {}

  /**
   * Runs.
   *
   * @param args the file for the JSON; {@code gpu-acceptance.json} unless given
   */
  public static void main(String[] args) throws IOException {
    if (args.length > 1 || args.length == 1 && args[0].startsWith("-")) {
      System.err.println("usage: tests/gpu-acceptance/run [FILE.json]");
      System.exit(2);
    }
    var report = new Report(System.out);
    Path file = Path.of(args.length == 1 ? args[0] : "gpu-acceptance.json");
    try {
      report.write(file, run(report));
    } catch (AdvectException e) {
      System.err.println("error: " + e.getMessage() + "\nhint: " + e.hint());
      System.exit(1);
    }
    report.say("\n%d findings in %s, %d failed".formatted(report.size(), file, report.failures()));
    System.exit(report.failures() == 0 ? 0 : 1);
  }

  private static Map<String, Object> run(Report report) throws IOException {
    if (Cuda.probe() instanceof Cuda.Missing(String reason, String remedy)) {
      throw new AdvectException(reason, remedy);
    }
    try (Device device = Device.open(0)) {
      DeviceDescription description = device.description();
      boolean software = description.name().contains("softcuda");
      report.say(description + ", driver for CUDA " + device.driver());
      if (software) {
        report.say("This is a device in software: the checks count, and the speeds mean nothing.");
      }
      int samples = software ? 64 : SAMPLES;
      double round = software ? 0 : ROUND_SECONDS;
      String ptx = ptx();
      Path root = Path.of(System.getProperty("advect.home", ""));
      report.attempt("kernels", () -> Kernels.check(root, report));
      report.attempt("bandwidth", () -> Bandwidth.measure(device, ptx, samples, round, report));
      new Engine(device, software, report).examine();
      return head(device, software);
    }
  }

  private static Map<String, Object> head(Device device, boolean software) {
    DeviceDescription description = device.description();
    var head = new LinkedHashMap<String, Object>();
    head.put("device", description.name());
    head.put("software", software);
    head.put("architecture", description.architecture());
    head.put("multiprocessors", description.multiprocessors());
    head.put("memoryBytes", description.memoryBytes());
    head.put("driver", device.driver().toString());
    head.put("java", Runtime.version().toString());
    head.put("time", Instant.now().toString());
    return head;
  }

  private static String ptx() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("advect.ptx")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
