package dev.advect.backend.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A fixed set of threads that share out the units of one job after another, the calling thread
 * being worker 0.
 *
 * <p>Every worker has units of its own, the same whenever a job has as many of them, so that what
 * it wrote in one step is in its cache in the next; when they are done it takes those of others.
 * The caller waits for units, not for workers: on a busy machine a worker that gets no processor
 * takes no unit, and nobody waits for it. Idle workers spin for a moment before they park, because
 * a training step hands out several jobs within a fraction of a millisecond. The last worker stays
 * out while its processor is wanted for something else.
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

  /** Nanoseconds after which a worker that stays out looks again. */
  private static final long OUT = 500_000;

  /** Tickets lie this many longs apart, in cache lines of their own. */
  private static final int APART = 16;

  /** The next unit while there is no job: beyond all units. */
  private static final int CLOSED = Integer.MAX_VALUE;

  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(boolean[].class);

  private final BooleanSupplier yields;
  private final Thread[] threads;
  private final boolean[] parked;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * For each worker the number of the job in the high 32 bits, and in the low ones how many of the
   * worker's own units are taken: unit {@code worker + i * workers} is the i-th of them.
   */
  private final AtomicLongArray tickets;

  private final AtomicInteger done = new AtomicInteger();
  private volatile Job job = (_, _, _) -> {};
  private volatile int units;
  private volatile int number;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param yields whether one of several workers should leave its processor alone for the moment
   */
  Pool(int workers, BooleanSupplier yields) {
    this.yields = yields;
    threads = new Thread[workers];
    parked = new boolean[workers];
    tickets = new AtomicLongArray(workers * APART);
    for (int i = 0; i < workers; i++) {
      tickets.set(i * APART, CLOSED);
    }
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
    int next = number + 1;
    for (int i = 0; i < threads.length; i++) {
      // A late worker must not take a unit while the job changes.
      tickets.set(i * APART, (long) next << 32 | CLOSED);
    }
    done.set(0);
    job = work;
    units = count;
    number = next;
    for (int i = 0; i < threads.length; i++) {
      tickets.set(i * APART, (long) next << 32);
    }
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
    for (int i = 0; i < threads.length; i++) {
      any |= takeUnits((worker + i) % threads.length, worker);
    }
    return any;
  }

  private boolean takeUnits(int owner, int worker) {
    boolean any = false;
    while (!staysOut(worker)) {
      long t = tickets.get(owner * APART);
      int taken = (int) t;
      // Read before the ticket is taken: while a unit is open, the job cannot change.
      Job work = job;
      int count = units;
      if (taken == CLOSED || owner + (long) taken * threads.length >= count) {
        return any;
      }
      if (tickets.compareAndSet(owner * APART, t, t + 1)) {
        any = true;
        try {
          work.run(owner + taken * threads.length, count, worker);
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
        done.incrementAndGet();
      }
    }
    return any;
  }

  private boolean staysOut(int worker) {
    return worker > 0 && worker == threads.length - 1 && yields.getAsBoolean();
  }

  private boolean isIdle() {
    int count = units;
    for (int i = 0; i < threads.length; i++) {
      int taken = (int) tickets.get(i * APART);
      if (taken != CLOSED && i + (long) taken * threads.length < count) {
        return false;
      }
    }
    return true;
  }

  private void serve(int worker) {
    int spins = 0;
    while (!closed) {
      if (staysOut(worker)) {
        LockSupport.parkNanos(this, OUT);
      } else if (takeUnits(worker)) {
        spins = 0;
      } else if (++spins < SPINS) {
        Thread.onSpinWait();
      } else {
        FLAGS.setVolatile(parked, worker, true);
        if (isIdle() && !closed) {
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
