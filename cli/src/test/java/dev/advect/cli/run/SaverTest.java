package dev.advect.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SaverTest {
  @Test
  void writesWhileItsUserGoesOnAndOneAfterAnother() {
    var wentOn = new CountDownLatch(1);
    List<String> written = new CopyOnWriteArrayList<>();
    try (var saver = new Saver()) {
      saver.write(
          () -> {
            await(wentOn);
            written.add("first");
          });
      assertThat(written).isEmpty();
      wentOn.countDown();
      saver.write(() -> written.add("second"));
      assertThat(written).startsWith("first");
    }
    assertThat(written).containsExactly("first", "second");
  }

  @Test
  void aFailureIsSaidOnceToWhoAsksNext() {
    var problem = new AdvectException("the disk is full", "make room");
    var saver = new Saver();
    saver.write(
        () -> {
          throw problem;
        });
    assertThatThrownBy(() -> saver.write(() -> {})).isSameAs(problem);
    saver.close();
  }

  @Test
  void anInterruptCostsNothing() {
    var interrupted = new CountDownLatch(1);
    List<String> written = new CopyOnWriteArrayList<>();
    var saver = new Saver();
    saver.write(
        () -> {
          await(interrupted);
          written.add("all");
        });
    Thread.currentThread().interrupt();
    interrupted.countDown();
    saver.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(written).containsExactly("all");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
