package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Source;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Draws on vectors are, bit by bit, those on plain floats. */
class VectorDrawsTest {
  private static final int DRAWS = 20_000;

  @ParameterizedTest
  @EnumSource(Distribution.class)
  void vectorsDrawTheSameBits(Distribution law) {
    Kernels kernels = new VectorKernels();
    int p = kernels.panel();
    Kernels plain = new ScalarKernels(p, 4, 4, "plain");
    var room = new Kernels.Room(new int[4 * p], new float[p]);
    var draw = new Source.Draw(law, 11, law == Distribution.INDEX ? 12_345 : 0);
    float[] out = new float[4 * p];
    float[] want = new float[4 * p];
    long[] first = {0, 1 << 20, (1L << 32) - p / 2, 77L << 32};
    int compared = 0;
    for (int i = 0; i < DRAWS; i++) {
      var key = new Kernels.Key(i * 0x9E3779B97F4A7C15L, i % 5 == 0 ? (long) i << 33 : i);
      int rows = 1 + i % 4;
      kernels.draw(key, draw, first[i % 4] + i, i % 9, rows, out, 0, room);
      plain.draw(key, draw, first[i % 4] + i, i % 9, rows, want, 0, room);
      // Arrays.equals tells 0 from -0, as it should here.
      assertThat(Arrays.equals(out, 0, rows * p, want, 0, rows * p)).as("draw %d", i).isTrue();
      compared++;
    }
    assertThat(compared).isEqualTo(DRAWS);
  }
}
