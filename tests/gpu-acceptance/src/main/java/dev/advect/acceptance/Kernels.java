package dev.advect.acceptance;

import dev.advect.cuda.CudaLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every kernel against plain loops in double precision, by the program of {@code native/kernels},
 * which knows nothing of Java.
 */
final class Kernels {
  private static final String SECTION = "kernels against plain loops";
  private static final Pattern LINE = Pattern.compile("(.+): (\\d+) numbers, (\\d+) wrong");

  private Kernels() {}

  /**
   * Runs the program.
   *
   * @param root the folder of the sources
   */
  static void check(Path root, Report report) {
    var builder =
        new ProcessBuilder(root.resolve("native/kernels/check").toString(), driver())
            .redirectErrorStream(true);
    try {
      Process program = builder.start();
      try (BufferedReader lines = program.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          Matcher part = LINE.matcher(line);
          if (part.matches()) {
            long wrong = Long.parseLong(part.group(3));
            String of = "wrong of " + part.group(2);
            report.add(Finding.checked(SECTION, part.group(1), wrong, of, wrong == 0));
          } else {
            report.say(line);
          }
        }
      }
      int exit = program.waitFor();
      report.add(Finding.checked(SECTION, "the program ends well", exit, "exit code", exit == 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The driver that this process uses. */
  private static String driver() {
    String name = CudaLibrary.driverName();
    return CudaLibrary.probe(name) instanceof CudaLibrary.Ready ready
        ? ready.file().map(Path::toString).orElse(name)
        : name;
  }
}
