package dev.advect.cli.report;

import dev.advect.cli.Console;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a training is: a bar with rate and time left on a terminal, a plain line now and then
 * otherwise, nothing where the command is quiet.
 */
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 100;
  private static final double SECONDS_BETWEEN_LINES = 2;
  private static final double SECONDS_BETWEEN_MESSAGES = 0.2;

  private final Console console;
  private final long total;
  private final Optional<ProgressBar> bar;
  private double last = Double.NEGATIVE_INFINITY;

  /**
   * Starts to show progress.
   *
   * @param done steps done before
   * @param total steps in all
   * @param spent how long the steps done before took
   */
  public Progress(Console console, long done, long total, Duration spent) {
    this.console = console;
    this.total = total;
    this.bar =
        console.terminal() && !console.quiet()
            ? Optional.of(bar(console, done, total, spent))
            : Optional.empty();
  }

  private static ProgressBar bar(Console console, long done, long total, Duration spent) {
    return new ProgressBarBuilder()
        .setTaskName("training")
        .setInitialMax(total)
        .startsFrom(done, spent)
        .setUnit(" steps", 1)
        .showSpeed()
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(250)
        .setConsumer(new ConsoleProgressBarConsumer(console.talk(), WIDTH))
        .build();
  }

  /** So many steps are done. */
  public void moveTo(long step) {
    bar.ifPresent(b -> b.stepTo(step));
  }

  /**
   * A report.
   *
   * @param seconds the time spent training
   */
  public void report(long step, double loss, double samplesPerSecond, double seconds) {
    double between = bar.isPresent() ? SECONDS_BETWEEN_MESSAGES : SECONDS_BETWEEN_LINES;
    if (seconds - last < between && step < total) {
      return;
    }
    last = seconds;
    if (bar.isPresent()) {
      bar.get().setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
    } else {
      console.say(
          String.format(
              Locale.ROOT,
              "step %d of %d, loss %.4f, %.0f samples/s, %s left",
              step,
              total,
              loss,
              samplesPerSecond,
              duration(seconds / step * (total - step))));
    }
  }

  /** A length of time as a person says it: 42 s, 3 min 5 s, 2 h 10 min. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? "%d min %d s".formatted(whole / 60, whole % 60)
        : "%d h %d min".formatted(whole / 3600, whole / 60 % 60);
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
