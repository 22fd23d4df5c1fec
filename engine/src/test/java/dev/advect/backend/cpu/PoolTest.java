package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Every unit is done once, by whichever workers take part. */
class PoolTest {
  private static final int UNITS = 1000;

  @Test
  void doesEveryUnitOnce() {
    try (var pool = new Pool(3, () -> false)) {
      for (int job = 0; job < 100; job++) {
        var done = new AtomicIntegerArray(UNITS);
        pool.run((unit, _, _) -> done.incrementAndGet(unit), UNITS);
        for (int unit = 0; unit < UNITS; unit++) {
          assertThat(done.get(unit)).as("times unit %d was done", unit).isOne();
        }
      }
    }
  }

  @Test
  void sharesUnitsOut() {
    try (var pool = new Pool(2, () -> false)) {
      var both = new CountDownLatch(2);
      // Each unit waits for the other, so that one worker alone would not get through.
      pool.run((_, _, _) -> meet(both), 2);
      assertThat(both.getCount()).isZero();
    }
  }

  @Test
  void theLastWorkerStaysOutWhileAskedTo() {
    var yields = new AtomicBoolean(true);
    try (var pool = new Pool(2, yields::get)) {
      Set<Integer> workers = ConcurrentHashMap.newKeySet();
      for (int job = 0; job < 100; job++) {
        pool.run((_, _, worker) -> workers.add(worker), UNITS);
      }
      assertThat(workers).containsExactly(0);
      yields.set(false);
      var both = new CountDownLatch(2);
      pool.run((_, _, _) -> meet(both), 2);
      assertThat(both.getCount()).isZero();
    }
  }

  @Test
  void theOnlyWorkerWorksEvenThen() {
    try (var pool = new Pool(1, () -> true)) {
      var done = new AtomicIntegerArray(UNITS);
      pool.run((unit, _, _) -> done.incrementAndGet(unit), UNITS);
      assertThat(done.get(UNITS - 1)).isOne();
    }
  }

  @Test
  void rethrowsWhatFailed() {
    try (var pool = new Pool(2, () -> false)) {
      Pool.Job job =
          (unit, _, _) -> {
            if (unit == 3) {
              throw new IllegalStateException("unit 3");
            }
          };
      assertThatThrownBy(() -> pool.run(job, 8)).hasMessage("unit 3");
      var done = new AtomicIntegerArray(8);
      pool.run((unit, _, _) -> done.incrementAndGet(unit), 8);
      assertThat(done.get(7)).isOne();
    }
  }

  private static void meet(CountDownLatch latch) {
    latch.countDown();
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
