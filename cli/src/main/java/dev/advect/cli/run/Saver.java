package dev.advect.cli.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Writes files while the training goes on, one after another: a disk takes its time to confirm, and
 * the next steps do not depend on it.
 *
 * <p>Nothing piles up: who has something to write first waits for what is being written. Neither
 * waits nor writes end early by an interrupt, which must not cost a checkpoint.
 */
final class Saver implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("advect-saver").factory());
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);

  /**
   * Begins to write something.
   *
   * @param body writes it, from copies that nobody changes
   * @throws RuntimeException what went wrong with the one before
   */
  void write(Runnable body) {
    await();
    writing = CompletableFuture.runAsync(body, thread);
  }

  /** Whether nothing is being written. */
  boolean isIdle() {
    return writing.isDone();
  }

  /**
   * Waits until all is written.
   *
   * @throws RuntimeException what went wrong, the first time that somebody asks
   */
  void await() {
    CompletableFuture<Void> last = writing;
    writing = CompletableFuture.completedFuture(null);
    try {
      last.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException problem ? problem : e;
    }
  }

  /** Waits until all is written. */
  @Override
  public void close() {
    thread.shutdown();
    await();
  }
}
