package dev.advect.acceptance;

import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Module;
import dev.advect.cuda.Stream;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The bytes a second that each kernel moves, beside a copy from device to device, which moves them
 * as fast as anything does.
 */
final class Bandwidth {
  private static final String SECTION = "bandwidth";
  private static final String COPY = "a copy on the device";
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");

  /** A kernel that moves less than this takes as long as its launch, and is timed as that. */
  private static final double LEAST_BYTES = 1 << 20;

  private Bandwidth() {}

  /**
   * Measures all kernels.
   *
   * @param ptx the text of the kernels
   * @param samples how many samples of 64 features an array holds
   */
  static void measure(Device device, String ptx, int samples, double roundSeconds, Report report) {
    try (Stream stream = device.stream();
        Module module = device.load(ptx)) {
      var stopwatch = new Stopwatch(device, stream, roundSeconds);
      double copy = copyRate(stopwatch, 256L * samples);
      report.add(Finding.measured(SECTION, COPY, copy / 1e9, "GB/s"));
      try (var launches = new Launches(device, module, samples)) {
        launches.preparation().forEach(launch -> launch.on(stream));
        var measured = new HashSet<String>();
        for (Launch launch : launches.all()) {
          double seconds = stopwatch.seconds(() -> launch.on(stream));
          report.add(finding(launch, seconds, copy));
          measured.add(launch.name());
        }
        report.add(completeness(ptx, measured));
      }
    }
  }

  private static double copyRate(Stopwatch stopwatch, long bytes) {
    try (DeviceMemory from = stopwatch.device().allocate(bytes);
        DeviceMemory to = stopwatch.device().allocate(bytes)) {
      stopwatch.stream().fill(from, 0, bytes / Integer.BYTES, 0);
      Stream stream = stopwatch.stream();
      return 2.0 * bytes / stopwatch.seconds(() -> stream.copy(to, 0, from, 0, bytes));
    }
  }

  private static Finding finding(Launch launch, double seconds, double copy) {
    if (launch.operations() > 0) {
      double rate = launch.operations() / seconds;
      return Finding.measured(SECTION, launch.name(), rate / 1e9, "GFLOP/s");
    }
    double rate = launch.bytes() / seconds;
    return launch.bytes() < LEAST_BYTES
        ? Finding.measured(SECTION, launch.name(), seconds * 1e6, "us")
        : Finding.compared(SECTION, launch.name(), rate / 1e9, "GB/s", copy / 1e9, COPY);
  }

  /** Every kernel that ships is measured. */
  private static Finding completeness(String ptx, Set<String> measured) {
    Set<String> missing =
        ENTRY
            .matcher(ptx)
            .results()
            .map(entry -> entry.group(1))
            .filter(name -> !measured.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    String name = missing.isEmpty() ? "kernels measured" : "not measured: " + missing;
    return Finding.checked(SECTION, name, measured.size(), "kernels", missing.isEmpty());
  }
}
