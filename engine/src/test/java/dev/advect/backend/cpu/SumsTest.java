package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.random.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums on vectors and on plain floats: the same bits, and the sum. */
class SumsTest {
  private final Kernels vectors = new VectorKernels();
  private final Kernels plain = ScalarKernels.twin(vectors);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 15, 16, 17, 31, 100, 4096, 4099})
  void aTotalIsTheSameOnVectorsAndTheSum(int count) {
    int from = 5;
    float[] a = Draws.normal(1, 2, 3, from + count + 7, 1);
    double exact = 0;
    double size = 0;
    for (int i = from; i < from + count; i++) {
      exact += a[i];
      size += Math.abs(a[i]);
    }
    double found = vectors.sum(a, from, from + count);
    assertThat(found).isEqualTo(plain.sum(a, from, from + count));
    assertThat(found).isCloseTo(exact, within(count * 0x1p-53 * size));
  }

  @Test
  void aTotalKeepsWhatFloatsWouldLose() {
    float[] a = new float[1 << 12];
    Arrays.fill(a, 1);
    a[0] = 1 << 25;
    assertThat(vectors.sum(a, 0, a.length)).isEqualTo((1 << 25) + 4095.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 40})
  void rowsOfLanesAreAddedUpInTheirOrder(int rows) {
    int p = vectors.panel();
    int pitch = p + 3;
    float[][] lanes = new float[3][];
    for (int l = 0; l < lanes.length; l++) {
      lanes[l] = Draws.normal(1, 2, l, p * (rows + 1), 1);
    }
    float[] expected = new float[1 + rows * pitch];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < p; c++) {
        int at = p + r * p + c;
        expected[1 + r * pitch + c] = lanes[0][at] + lanes[1][at] + lanes[2][at];
      }
    }
    float[] found = new float[expected.length];
    vectors.addUp(lanes, p, found, 1, pitch, rows);
    assertThat(found).isEqualTo(expected);
    float[] twin = new float[expected.length];
    plain.addUp(lanes, p, twin, 1, pitch, rows);
    assertThat(twin).isEqualTo(expected);
  }
}
