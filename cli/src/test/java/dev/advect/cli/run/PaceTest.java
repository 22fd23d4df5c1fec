package dev.advect.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void growsUntilAPortionTakesAFifthOfASecond() {
    var pace = new Pace();
    assertThat(pace.steps()).isEqualTo(1);
    for (int i = 0; i < 30; i++) {
      pace.observe(pace.steps(), pace.steps() * 1e-3);
    }
    assertThat(pace.steps()).isEqualTo(200);
  }

  @Test
  void staysAtOneStepWhereStepsAreSlow() {
    var pace = new Pace();
    pace.observe(1, 30);
    assertThat(pace.steps()).isEqualTo(1);
  }

  @Test
  void survivesAClockThatDoesNotMove() {
    var pace = new Pace();
    for (int i = 0; i < 40; i++) {
      pace.observe(pace.steps(), 0);
    }
    assertThat(pace.steps()).isEqualTo(4096);
  }
}
