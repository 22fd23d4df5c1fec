package dev.advect.backend.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that share out the units of one job after another, the calling thread
 * being worker 0.
 *
 * <p>The caller waits for units, not for workers: on a busy machine a worker that gets no processor
 * takes no unit, and nobody waits for it. Idle workers spin for a moment before they park, because
 * a training step hands out several jobs within a fraction of a millisecond.
 */
final class Pool implements AutoCloseable {
  /** What is done for each unit. */
  interface Job {
    /**
     * Does one unit.
     *
     * @param unit from 0 to units-1; every unit is done once, by any worker
     * @param units how many there are
     * @param worker which thread does it
     */
    void run(int unit, int units, int worker);
  }

  private static final int SPINS = 20_000;

  /** The next unit while there is no job: beyond all units. */
  private static final int CLOSED = Integer.MAX_VALUE;

  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(boolean[].class);

  private final Thread[] threads;
  private final boolean[] parked;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Number of the job in the high 32 bits, next unit in the low ones. */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger done = new AtomicInteger();
  private volatile Job job = (_, _, _) -> {};
  private volatile int units;
  private volatile boolean closed;

  Pool(int workers) {
    threads = new Thread[workers];
    parked = new boolean[workers];
    for (int i = 1; i < workers; i++) {
      int worker = i;
      threads[i] = Thread.ofPlatform().daemon().name("advect-" + worker).start(() -> serve(worker));
    }
  }

  int size() {
    return threads.length;
  }

  /** Does all units of a job; rethrows the first failure once all are done. */
  synchronized void run(Job work, int count) {
    if (threads.length == 1 || count == 1) {
      for (int unit = 0; unit < count; unit++) {
        work.run(unit, count, 0);
      }
      return;
    }
    long next = (ticket.get() >>> 32) + 1 << 32;
    ticket.set(next | CLOSED); // a late worker must not take a unit while the job changes
    done.set(0);
    job = work;
    units = count;
    ticket.set(next);
    for (int i = 1; i < threads.length; i++) {
      if ((boolean) FLAGS.getVolatile(parked, i)) {
        LockSupport.unpark(threads[i]);
      }
    }
    takeUnits(0);
    for (int spins = 0; done.get() != count; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
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

  /** Does units of the current job until none is left; answers whether there were any. */
  private boolean takeUnits(int worker) {
    boolean any = false;
    while (true) {
      long t = ticket.get();
      int unit = (int) t;
      // Read before the ticket is taken: while a unit is open, the job cannot change.
      Job work = job;
      int count = units;
      if (unit >= count) {
        return any;
      }
      if (ticket.compareAndSet(t, t + 1)) {
        any = true;
        try {
          work.run(unit, count, worker);
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
        done.incrementAndGet();
      }
    }
  }

  private void serve(int worker) {
    int spins = 0;
    while (!closed) {
      if (takeUnits(worker)) {
        spins = 0;
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        FLAGS.setVolatile(parked, worker, true);
        if ((int) ticket.get() >= units && !closed) {
          LockSupport.park(this);
        }
        FLAGS.setVolatile(parked, worker, false);
        spins = 0;
      }
    }
  }

  /** Ends the worker threads. */
  @Override
  public void close() {
    closed = true;
    for (int i = 1; i < threads.length; i++) {
      LockSupport.unpark(threads[i]);
    }
  }
}
