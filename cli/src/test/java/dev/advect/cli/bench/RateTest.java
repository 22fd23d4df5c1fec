package dev.advect.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
  @Test
  void runsTwiceAtLeastAfterARunThatIsNotCounted() {
    int[] runs = {0};
    Rate rate = Rate.of(() -> runs[0]++, 0);
    assertThat(runs[0]).isEqualTo(3);
    assertThat(rate.usual()).isPositive();
    assertThat(rate.mean()).isPositive();
  }

  @Test
  void oneLongRunOfManyIsPartOfTheMeanOnly() {
    int[] runs = {0};
    Rate rate =
        Rate.of(
            () -> {
              if (++runs[0] == 2) {
                sleep(100);
              }
            },
            0.2);
    assertThat(runs[0]).isGreaterThan(10);
    assertThat(rate.mean()).isPositive().isLessThan(rate.usual() / 2);
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
