package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.cli.Console;
import dev.advect.cli.run.StopSignal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Does a little of everything and leaves nothing behind, so that a JVM that watches can keep the
 * classes and profiles of the commands that people start: the launcher makes its cache so.
 */
@Command(
    name = "rehearse",
    description = "Trains, samples and scores for a moment, in a folder that is then removed.",
    mixinStandardHelpOptions = true,
    hidden = true)
final class RehearseCommand implements Runnable {
  @Override
  public void run() {
    try {
      Path folder = Files.createTempDirectory("advect");
      try {
        rehearse(folder);
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rehearse(Path folder) {
    String run = folder.resolve("run").toString();
    for (List<String> words :
        List.of(
            List.of("train", "moons", "--steps", "50", "--out", run),
            List.of("sample", run, "-n", "1000", "--out", folder.resolve("samples.npy").toString()),
            List.of("sample", run, "-n", "1000", "--out", folder.resolve("samples.csv").toString()),
            List.of("likelihood", run, "-n", "100", "--steps", "20"))) {
      var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
      var console = new Console(OutputStream.nullOutputStream(), nowhere, false, false);
      // On the CPU wherever it is: the others need no rehearsal of Java.
      String[] line =
          Stream.concat(words.stream(), Stream.of("--device", "cpu")).toArray(String[]::new);
      var stop = new StopSignal();
      int code;
      try {
        code = Commands.line(console, stop, line).execute(line);
      } finally {
        stop.finished(); // or else the JVM would wait at its end for a training to stop
      }
      if (code != 0) {
        throw new AdvectException(
            "the rehearsal of 'advect %s' ended with %d".formatted(String.join(" ", words), code),
            "run the command to see why");
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
