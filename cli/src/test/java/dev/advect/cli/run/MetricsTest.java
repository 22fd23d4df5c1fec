package dev.advect.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  @TempDir private Path folder;

  private static Metrics.Line line(long step) {
    return new Metrics.Line(step, 1.0 / step, 1e-3, 5000, step / 10.0);
  }

  @Test
  void linesReadBack() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (var metrics = Metrics.after(0, file)) {
      metrics.append(line(10));
      metrics.append(line(20));
    }
    assertThat(Metrics.read(file)).containsExactly(line(10), line(20));
    assertThat(Files.readString(file))
        .startsWith(
            "{\"step\":10,\"loss\":0.1,\"learning_rate\":0.001,\"samples_per_second\":5000.0,"
                + "\"seconds\":1.0}\n");
  }

  @Test
  void resumingDropsWhatTheCheckpointDoesNotKnow() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (var metrics = Metrics.after(0, file)) {
      for (long step = 10; step <= 50; step += 10) {
        metrics.append(line(step));
      }
    }
    String before = Files.readString(file);
    // A kill in the middle of a line.
    Files.writeString(file, "{\"step\":6", StandardOpenOption.APPEND);
    try (var metrics = Metrics.after(30, file)) {
      metrics.append(line(40));
      metrics.append(line(50));
    }
    assertThat(Files.readString(file)).isEqualTo(before);
    assertThat(Metrics.read(file)).hasSize(5);
  }

  @Test
  void startingAgainForgetsEverything() {
    Path file = folder.resolve("metrics.jsonl");
    try (var metrics = Metrics.after(0, file)) {
      metrics.append(line(10));
    }
    Metrics.after(0, file).close();
    assertThat(Metrics.read(file)).isEmpty();
  }

  @Test
  void aClockThatDidNotMoveDoesNotBreakTheFile() {
    Path file = folder.resolve("metrics.jsonl");
    try (var metrics = Metrics.after(0, file)) {
      metrics.append(new Metrics.Line(1, 0.5, 1, Double.POSITIVE_INFINITY, 0));
    }
    assertThat(Metrics.read(file)).containsExactly(new Metrics.Line(1, 0.5, 1, 0, 0));
  }
}
