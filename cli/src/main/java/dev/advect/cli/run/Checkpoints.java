package dev.advect.cli.run;

import dev.advect.train.TrainingState;
import java.util.function.LongSupplier;

/**
 * The states that a training can go back to: the newest is kept here, and written at most once a
 * second.
 *
 * <p>A small network does a thousand steps in a tenth of a second. To write every state of it would
 * cost a tenth of its speed and protect nothing: of those that are kept in the same second only the
 * last is of use.
 */
final class Checkpoints {
  /** Nanoseconds between the beginnings of two writings. */
  private static final long REST = 1_000_000_000;

  /**
   * A state to go back to.
   *
   * @param window what had happened since the last report
   */
  record Kept(TrainingState state, Window window) {
    long step() {
      return state.step();
    }
  }

  private final Kept start;
  private final LongSupplier clock;
  private Kept newest;
  private long written = -1;
  private long begun;

  /**
   * Begins with a state, which only the end of a training without a newer one writes.
   *
   * @param clock tells nanoseconds
   */
  Checkpoints(Kept start, LongSupplier clock) {
    this.start = start;
    this.clock = clock;
    newest = start;
    begun = clock.getAsLong() - REST;
  }

  /** The newest. */
  Kept newest() {
    return newest;
  }

  /** Keeps a newer one. */
  void keep(Kept newer) {
    newest = newer;
  }

  /** Whether there is one that was kept on the way and is not written. */
  boolean isPending() {
    return newest != start && !isWritten(newest.step());
  }

  /** Whether it is time to write one. */
  boolean isDue() {
    return isPending() && clock.getAsLong() - begun >= REST;
  }

  /** Whether the last that was written is of that step. */
  boolean isWritten(long step) {
    return written == step;
  }

  /** The newest, which the caller begins to write. */
  Kept write() {
    begun = clock.getAsLong();
    written = newest.step();
    return newest;
  }
}
