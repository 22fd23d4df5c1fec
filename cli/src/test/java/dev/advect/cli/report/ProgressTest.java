package dev.advect.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream talk = new ByteArrayOutputStream();

  private String said(boolean terminal, boolean quiet) {
    var console =
        new Console(
            OutputStream.nullOutputStream(),
            new PrintStream(talk, true, StandardCharsets.UTF_8),
            terminal,
            quiet);
    try (var progress = new Progress(console, 0, 1000, Duration.ZERO)) {
      progress.moveTo(100);
      progress.report(100, 0.5, 2000, 1);
      progress.report(200, 0.4, 2000, 2);
      progress.report(500, 0.3, 2000, 5);
      progress.report(1000, 0.2, 2000, 5.5);
    }
    return talk.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainLinesComeNowAndThenAndAtTheEnd() {
    assertThat(said(false, false).lines())
        .containsExactly(
            "step 100 of 1000, loss 0.5000, 2000 samples/s, 9 s left",
            "step 500 of 1000, loss 0.3000, 2000 samples/s, 5 s left",
            "step 1000 of 1000, loss 0.2000, 2000 samples/s, 0 s left");
  }

  @Test
  void aTerminalSeesABar() {
    assertThat(said(true, false)).contains("\r", "training").doesNotContain("step 100 of");
  }

  @Test
  void quietSaysNothing() {
    assertThat(said(true, true)).isEmpty();
    assertThat(said(false, true)).isEmpty();
  }

  @Test
  void durationsAreWords() {
    assertThat(Progress.duration(0.4)).isEqualTo("0 s");
    assertThat(Progress.duration(59.6)).isEqualTo("1 min 0 s");
    assertThat(Progress.duration(185)).isEqualTo("3 min 5 s");
    assertThat(Progress.duration(7800)).isEqualTo("2 h 10 min");
  }
}
