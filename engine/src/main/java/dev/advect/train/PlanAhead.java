package dev.advect.train;

import dev.advect.coupling.Planner;
import dev.advect.coupling.Planner.Plan;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plans the batches of the next steps while a step trains.
 *
 * <p>A plan is a pure function of its step, so which thread makes it, and when, changes nothing. A
 * problem of a plan is thrown where the plan is asked for.
 */
final class PlanAhead implements AutoCloseable {
  private static final int DEPTH = 4;
  private static final int THREADS = 2;

  private record Pending(long step, Future<Plan> plan) {}

  private final Planner planner;
  private final long seed;
  private final int batch;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("advect-plan-", 0).daemon().factory());

  PlanAhead(Planner planner, long seed, int batch) {
    this.planner = planner;
    this.seed = seed;
    this.batch = batch;
  }

  /** The plan of a step; those after it are begun. */
  Plan plan(long step) {
    if (!pending.isEmpty() && pending.peek().step != step) {
      pending.forEach(p -> p.plan.cancel(false));
      pending.clear();
    }
    while (pending.size() < DEPTH) {
      long next = step + pending.size();
      pending.add(new Pending(next, threads.submit(() -> planner.plan(seed, next, batch))));
    }
    try {
      return pending.remove().plan.get();
    } catch (ExecutionException e) {
      pending.clear();
      switch (e.getCause()) {
        case RuntimeException problem -> throw problem;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the plan of a step", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
