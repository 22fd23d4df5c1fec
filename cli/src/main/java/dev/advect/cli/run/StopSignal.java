package dev.advect.cli.run;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a training end well when the process is told to stop (Ctrl-C, SIGTERM): the shutdown waits
 * until the step is finished and saved. The process then exits with 128 plus the signal's number,
 * 130 for Ctrl-C, as shells expect.
 */
public final class StopSignal {
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;

  /** From now on a shutdown waits for {@link #finished()}. */
  public void arm(Runnable onRequest) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (finished.getCount() > 0) {
                    onRequest.run();
                    request();
                    await();
                  }
                },
                "advect-stop"));
  }

  /** Asks to stop after the current step. */
  public void request() {
    requested = true;
  }

  /** Whether to stop after the current step. */
  public boolean requested() {
    return requested;
  }

  /** Nothing is left to save or to say. */
  public void finished() {
    finished.countDown();
  }

  private void await() {
    try {
      finished.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
