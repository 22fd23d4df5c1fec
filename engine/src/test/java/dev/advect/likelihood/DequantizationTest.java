package dev.advect.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DequantizationTest {
  @Test
  void everyValueMovesWithinItsCell() {
    int n = 4000;
    int dim = 5;
    float[] rows = new float[n * dim];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = 0.25f * (i % 16);
    }
    float[] moved = new Dequantization(0.25).apply(rows, dim, 3);
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      assertThat(moved[i]).isBetween(rows[i], rows[i] + 0.25f);
      sum += (moved[i] - rows[i]) / 0.25;
    }
    // 20000 uniforms have a mean of 1/2 with standard error 1 / sqrt(12 20000) = 0.002.
    assertThat(sum / rows.length).isCloseTo(0.5, within(0.01));
  }

  @Test
  void theNoiseDependsOnSeedRowAndColumnOnly() {
    float[] zeros = new float[60];
    var unit = new Dequantization(1);
    float[] all = unit.apply(zeros, 6, 1);
    assertThat(unit.apply(new float[18], 6, 1)).isEqualTo(Arrays.copyOf(all, 18));
    assertThat(unit.apply(zeros, 6, 2)).isNotEqualTo(all);
    assertThat(Arrays.copyOfRange(all, 0, 6)).isNotEqualTo(Arrays.copyOfRange(all, 6, 12));
    assertThat(Arrays.copyOfRange(all, 0, 4)).doesNotContain(all[4], all[5]);
  }

  /** Uniform on 0..15: the density of the dequantised value is 1/16, and the entropy 4 bits. */
  @Test
  void aUniformOnSixteenLevelsHasFourBits() {
    double logDensity = 3 * Math.log(1 / 16.0);
    assertThat(new Dequantization(1).bitsPerDimension(logDensity, 3)).isCloseTo(4, within(1e-12));
    // In other units the density is another one, and the bits are the same.
    double bytes = 3 * Math.log(1 / 16.0 / 0.125);
    assertThat(new Dequantization(0.125).bitsPerDimension(bytes, 3)).isCloseTo(4, within(1e-12));
  }

  @Test
  void refusesDataBetweenLevels() {
    var bytes = new Dequantization(1 / 255.0);
    float[] levels = new float[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = i / 255f;
    }
    bytes.requireLevels(levels, 1);
    new Dequantization(0.00392157).requireLevels(levels, 2);
    assertThatThrownBy(() -> new Dequantization(1 / 256.0).requireLevels(levels, 1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("row 4, column 1");
    assertThatThrownBy(() -> new Dequantization(1).requireLevels(new float[] {3, 4, 5, 4.5f}, 2))
        .hasMessageContaining("row 2, column 2 is 4.5, 0.500 steps of 1.0 away from 4.0 in row 1");
    assertThatThrownBy(() -> new Dequantization(0)).hasMessageContaining("not 0.0");
  }
}
