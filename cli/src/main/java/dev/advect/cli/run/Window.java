package dev.advect.cli.run;

import dev.advect.AdvectException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What has happened since the last report, kept in checkpoints so that a resumed run reports as if
 * it had never stopped.
 *
 * @param loss the sum of the losses
 * @param steps how many there are
 * @param seconds how long they took
 * @param total seconds spent training since step 0
 */
record Window(double loss, long steps, double seconds, double total) {
  private static final String LOSS = "report_loss_sum";
  private static final String STEPS = "report_steps";
  private static final String SECONDS = "report_seconds";
  private static final String TOTAL = "seconds";

  static Window start() {
    return new Window(0, 0, 0, 0);
  }

  /** After some more steps with a mean loss. */
  Window plus(double meanLoss, long more, double spent) {
    return new Window(loss + meanLoss * more, steps + more, seconds + spent, total + spent);
  }

  /** After a report. */
  Window reported() {
    return new Window(0, 0, 0, total);
  }

  double meanLoss() {
    return loss / steps;
  }

  double samplesPerSecond(int batch) {
    return steps * (double) batch / seconds;
  }

  Map<String, String> metadata() {
    return Map.of(
        LOSS, Double.toString(loss),
        STEPS, Long.toString(steps),
        SECONDS, Double.toString(seconds),
        TOTAL, Double.toString(total));
  }

  static Window of(Map<String, String> metadata, Path file) {
    try {
      return new Window(
          Double.parseDouble(metadata.get(LOSS)),
          Long.parseLong(metadata.get(STEPS)),
          Double.parseDouble(metadata.get(SECONDS)),
          Double.parseDouble(metadata.get(TOTAL)));
    } catch (NumberFormatException | NullPointerException e) {
      throw new AdvectException(
          "%s lacks one of the numbers %s, %s, %s and %s in its metadata"
              .formatted(file, LOSS, STEPS, SECONDS, TOTAL),
          "it was not written by advect train; start again in another folder with --out",
          e);
    }
  }
}
