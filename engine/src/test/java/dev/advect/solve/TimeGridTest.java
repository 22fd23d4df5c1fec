package dev.advect.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TimeGridTest {
  private static double[] times(double... times) {
    return times;
  }

  @Test
  void theWholeIsDividedEqually() {
    assertThat(TimeGrid.forward(4).times()).containsExactly(0, 0.25, 0.5, 0.75, 1);
    assertThat(TimeGrid.backward(3).times()).containsExactly(1, 2.0 / 3, 1.0 / 3, 0);
    assertThat(TimeGrid.backward(3).kept()).containsExactly(3);
  }

  @Test
  void timesOnTheGridLeaveItAsItIs() {
    TimeGrid grid = TimeGrid.through(10, times(0, 0.3, 0.7));
    assertThat(grid.times()).containsExactly(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7);
    assertThat(grid.kept()).containsExactly(0, 3, 7);
    assertThat(TimeGrid.through(5, times(0)).steps()).isZero();
  }

  @Test
  void timesBesideTheGridAreHitExactly() {
    TimeGrid grid = TimeGrid.through(4, times(0.3, 1));
    assertThat(grid.times())
        .containsExactly(times(0, 0.15, 0.3, 0.3 + 0.7 / 3, 0.3 + 1.4 / 3, 1), within(1e-15));
    assertThat(grid.kept()).containsExactly(2, 5);
    assertThat(grid.times()[2]).isEqualTo(0.3);
    assertThat(TimeGrid.through(1, times(0.001, 0.002)).steps()).isEqualTo(2);
  }

  @Test
  void refusesTimesThatNoSolvePasses() {
    assertThatThrownBy(() -> TimeGrid.through(4, times())).hasMessageContaining("no times");
    assertThatThrownBy(() -> TimeGrid.through(4, times(-0.1)))
        .hasMessage("the time -0.1 is not in [0, 1]");
    assertThatThrownBy(() -> TimeGrid.through(4, times(Double.NaN))).hasMessageContaining("NaN");
    assertThatThrownBy(() -> TimeGrid.through(4, times(0.5, 0.25)))
        .hasMessage("the time 0.25 comes after 0.5");
    assertThatThrownBy(() -> TimeGrid.through(4, times(0.5, 0.5)))
        .hasMessage("the time 0.5 is there twice");
  }
}
