package dev.advect.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.file.AtomicFile;
import dev.advect.file.FileProblems;
import java.io.FileOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The file of a run's reports: one JSON object a line.
 *
 * <p>A fast training reports a hundred times a second, and to write a line takes longer than a
 * step: lines are kept until {@link #flush}, for which another thread may be used.
 */
public final class Metrics implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MathContext DIGITS = new MathContext(7);

  /** Nanoseconds for which a line may be kept. */
  private static final long KEPT = 200_000_000;

  private final Path file;
  private final FileOutputStream out;
  private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
  private volatile long flushed = System.nanoTime();

  private Metrics(Path file, FileOutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * A report.
   *
   * @param step the steps done
   * @param loss mean over samples and dimensions and over the steps since the last report
   * @param learningRate of the last step
   * @param samplesPerSecond since the last report
   * @param seconds spent training since step 0
   */
  public record Line(
      long step, double loss, double learningRate, double samplesPerSecond, double seconds) {

    String json() {
      var values = new LinkedHashMap<String, Object>();
      values.put("step", step);
      values.put("loss", rounded(loss));
      values.put("learning_rate", rounded(learningRate));
      values.put("samples_per_second", rounded(samplesPerSecond));
      values.put("seconds", rounded(seconds));
      try {
        return JSON.writeValueAsString(values);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    static Optional<Line> parse(String text) {
      try {
        JsonNode node = JSON.readTree(text);
        boolean complete =
            List.of("step", "loss", "learning_rate", "samples_per_second", "seconds").stream()
                .allMatch(key -> node.path(key).isNumber());
        return complete
            ? Optional.of(
                new Line(
                    node.get("step").asLong(),
                    node.get("loss").asDouble(),
                    node.get("learning_rate").asDouble(),
                    node.get("samples_per_second").asDouble(),
                    node.get("seconds").asDouble()))
            : Optional.empty();
      } catch (JsonProcessingException _) {
        return Optional.empty();
      }
    }

    private static double rounded(double value) {
      return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : 0;
    }
  }

  /**
   * Opens the file to go on after a step: later lines, and one that a kill cut short, are dropped.
   */
  public static Metrics after(long step, Path file) {
    String text = text(file);
    String kept =
        whole(text)
            .filter(line -> Line.parse(line).filter(l -> l.step <= step).isPresent())
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    if (!kept.equals(text) || !Files.exists(file)) {
      AtomicFile.write(file, out -> out.write(kept.getBytes(StandardCharsets.UTF_8)));
    }
    try {
      return new Metrics(file, new FileOutputStream(file.toFile(), true));
    } catch (IOException e) {
      throw FileProblems.writing(file, e);
    }
  }

  /** The reports of a run, those that can be read. */
  public static List<Line> read(Path file) {
    return whole(text(file)).flatMap(line -> Line.parse(line).stream()).toList();
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw FileProblems.reading(file.toString(), e);
    }
  }

  /** The lines that have an end. */
  private static Stream<String> whole(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1).lines();
  }

  /** Adds a line, which is kept until the next flush. */
  public void append(Line line) {
    lines.add(line);
  }

  /** Whether lines have been kept for long. */
  public boolean isDue() {
    return System.nanoTime() - flushed > KEPT && !lines.isEmpty();
  }

  /** Writes the lines. */
  public synchronized void flush() {
    var text = new StringBuilder();
    for (Line line = lines.poll(); line != null; line = lines.poll()) {
      text.append(line.json()).append('\n');
    }
    flushed = System.nanoTime();
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw FileProblems.writing(file, e);
    }
  }

  /** Writes the lines and makes sure that they are on the disk. */
  public void force() {
    flush();
    try {
      out.getFD().sync();
    } catch (IOException e) {
      throw FileProblems.writing(file, e);
    }
  }

  /** Writes the lines. */
  @Override
  public void close() {
    try (out) {
      flush();
    } catch (IOException e) {
      throw FileProblems.writing(file, e);
    }
  }
}
