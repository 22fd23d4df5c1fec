package dev.advect.cli.command;

import dev.advect.cli.bench.Speed;
import java.util.Locale;

/**
 * The table of {@code advect bench}: a line for each workload.
 *
 * @param width letters of the longest name
 * @param peak operations a second that a workload is compared with; 0 if not known
 */
record SpeedTable(int width, double peak) {
  private static final String NONE = "-";

  /** The names of the columns. */
  String head() {
    return line("workload", "rate", "mean", "unit", "GFLOP/s", "% of peak");
  }

  /** The line of a workload; what is not known is a dash. */
  String row(Speed speed) {
    boolean counted = speed.flops() > 0;
    return line(
        speed.workload().name(),
        digits(speed.rate()),
        digits(speed.mean()),
        speed.workload().unit() + "/s",
        counted ? digits(speed.flops() / 1e9) : NONE,
        counted && peak > 0
            ? String.format(Locale.ROOT, "%.1f", 100 * speed.flops() / peak)
            : NONE);
  }

  private String line(
      String name, String rate, String mean, String unit, String gflops, String share) {
    String format = "%-" + Math.max(width, 8) + "s  %12s  %12s  %-15s  %8s  %9s%n";
    return String.format(Locale.ROOT, format, name, rate, mean, unit, gflops, share);
  }

  /** Four digits that count, or all before the point. */
  private static String digits(double value) {
    int whole = value < 1 ? 1 : (int) Math.log10(value) + 1;
    return String.format(Locale.ROOT, "%." + Math.max(0, 4 - whole) + "f", value);
  }
}
