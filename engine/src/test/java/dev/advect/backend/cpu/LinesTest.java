package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Taking lines must not change a bit, nor go beyond the end of an array. */
class LinesTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    Float.MAX_VALUE,
    -1f
  };

  @Test
  void owningALineChangesNoBit() {
    float[] a = new float[1 << 12];
    var random = new Random(6);
    for (int i = 0; i < a.length; i++) {
      a[i] = SPECIAL[random.nextInt(SPECIAL.length)];
    }
    float[] before = a.clone();
    // Often enough for the just-in-time compiler, and from every place in a line.
    for (int run = 0; run < 20_000; run++) {
      Lines.own(a, run % 17, a.length - run % 13);
    }
    for (int i = 0; i < a.length; i++) {
      assertThat(Float.floatToRawIntBits(a[i]))
          .as("float %d", i)
          .isEqualTo(Float.floatToRawIntBits(before[i]));
    }
  }

  @Test
  void nothingBeyondTheEndIsTouched() {
    float[] a = new float[16 * 5];
    for (int from = 0; from <= a.length; from++) {
      for (int to = from; to <= a.length; to++) {
        Lines.own(a, from, to);
        Lines.fetch(a, from, 0, 1, to - from);
      }
    }
    Lines.fetch(a, 3, 16, 4, 16);
    assertThat(a).containsOnly(0f);
  }
}
