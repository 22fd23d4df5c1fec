package dev.advect.backend.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of worker threads that run one job together, the calling thread being worker 0.
 *
 * <p>Workers spin for a moment before they park, because a training step hands out several jobs
 * within a fraction of a millisecond.
 */
final class Pool implements AutoCloseable {
  /** What each worker does. */
  interface Job {
    void run(int worker);
  }

  private static final int SPINS = 20_000;
  private static final int PAD = 32; // ints between two workers' counters: two cache lines
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(boolean[].class);

  private final Thread[] threads;
  private final int[] done;
  private final boolean[] parked;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile int epoch;
  private volatile Job job;

  Pool(int workers) {
    threads = new Thread[workers];
    done = new int[workers * PAD];
    parked = new boolean[workers];
    for (int i = 1; i < workers; i++) {
      int worker = i;
      threads[i] =
          Thread.ofPlatform().daemon().name("advect-" + worker).start(() -> serve(worker));
    }
  }

  int size() {
    return threads.length;
  }

  /** Runs a job on every worker and waits; rethrows the first failure. */
  void run(Job work) {
    job = work;
    int mine = epoch + 1;
    epoch = mine;
    for (int i = 1; i < threads.length; i++) {
      if ((boolean) FLAGS.getVolatile(parked, i)) {
        LockSupport.unpark(threads[i]);
      }
    }
    attempt(work, 0);
    for (int i = 1; i < threads.length; i++) {
      for (int spins = 0; (int) INTS.getAcquire(done, i * PAD) != mine; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
    Throwable thrown = failure.getAndSet(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    }
  }

  private void attempt(Job work, int worker) {
    try {
      work.run(worker);
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private void serve(int worker) {
    int seen = 0;
    while (true) {
      for (int spins = 0; epoch == seen; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          FLAGS.setVolatile(parked, worker, true);
          if (epoch == seen) {
            LockSupport.park(this);
          }
          FLAGS.setVolatile(parked, worker, false);
        }
      }
      seen = epoch;
      Job work = job;
      if (work == null) {
        return;
      }
      attempt(work, worker);
      INTS.setRelease(done, worker * PAD, seen);
    }
  }

  /** Ends the worker threads. */
  @Override
  public void close() {
    job = null;
    epoch = epoch + 1;
    for (int i = 1; i < threads.length; i++) {
      LockSupport.unpark(threads[i]);
    }
  }
}
