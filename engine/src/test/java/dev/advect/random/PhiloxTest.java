package dev.advect.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.graph.Op.Distribution;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  @Test
  void bulkUniformsAreThoseOfCurandsHostGenerator() {
    float[] first = new float[6];
    Philox.bulkUniform(1234, 0, first);
    assertThat(first)
        .containsExactly(.12720795f, .85346895f, .26564887f, .79605526f, .8167363f, .32416514f);
  }

  @Test
  void aBulkSequenceContinuesFromAnOffset() {
    float[] whole = new float[23];
    float[] rest = new float[15];
    Philox.bulkUniform(7, 0, whole);
    Philox.bulkUniform(7, 8, rest);
    for (int i = 0; i < rest.length; i++) {
      assertThat(rest[i]).isEqualTo(whole[i + 8]);
    }
    assertThatThrownBy(() -> Philox.bulkUniform(7, 3, rest)).hasMessageContaining("3");
  }

  @Test
  void everyCoordinateOfADrawMatters() {
    var seen = new HashSet<Integer>();
    long[][] coordinates = {
      {1, 1, 1, 1, 0},
      {2, 1, 1, 1, 0},
      {1L << 32, 1, 1, 1, 0},
      {1, 2, 1, 1, 0},
      {1, 1, 2, 1, 0},
      {1, 1, 1L << 33, 1, 0},
      {1, 1, 1, 2, 0},
      {1, 1, 1, 1L << 33, 0},
      {1, 1, 1, 1, 1}
    };
    int[] words = new int[4];
    for (long[] c : coordinates) {
      Philox.draw(c[0], (int) c[1], c[2], c[3], (int) c[4], words, 0, 1);
      assertThat(seen.add(words[0])).isTrue();
    }
  }

  @Test
  void normalsAreWithinThreeUlpOfTheTruth() {
    int[] words = new int[4];
    double worst = 0;
    for (int s = 0; s < 1_000_000; s++) {
      Philox.draw(5, 3, 0, s, 0, words, 0, 1);
      for (boolean sine : new boolean[] {true, false}) {
        double truth = Laws.trueNormal(words[0], words[1], sine);
        float drawn = Laws.normal(words[0], words[1], sine);
        worst = Math.max(worst, Math.abs(drawn - truth) / Math.ulp((float) truth));
      }
    }
    assertThat(worst).isLessThan(3);
  }

  @Test
  void lawsHaveTheirMoments() {
    int n = 200_000;
    for (Distribution law : Distribution.values()) {
      double sum = 0;
      double square = 0;
      double fourth = 0;
      for (int s = 0; s < n; s++) {
        double x = Laws.element(law, law == Distribution.INDEX ? 10 : 0, 11, 2, 4, s, s % 7);
        sum += x;
        square += x * x;
        fourth += x * x * x * x;
      }
      double[] expected =
          switch (law) {
            case UNIFORM -> new double[] {0.5, 1 / 3.0, 0.2};
            case NORMAL -> new double[] {0, 1, 3};
            case RADEMACHER -> new double[] {0, 1, 1};
            case INDEX -> new double[] {4.5, 28.5, 1533.3};
          };
      assertThat(sum / n).isCloseTo(expected[0], within(0.02 * (1 + expected[0])));
      assertThat(square / n).isCloseTo(expected[1], within(0.02 * expected[1]));
      assertThat(fourth / n).isCloseTo(expected[2], within(0.03 * expected[2]));
    }
  }

  @Test
  void indicesStayBelowTheirBound() {
    assertThat(Laws.index(-1, 7)).isEqualTo(6);
    assertThat(Laws.index(0, 7)).isZero();
    assertThat(Laws.index(-1, 1 << 24)).isEqualTo((1 << 24) - 1);
  }

  @Test
  void uniformsAreNeverZero() {
    assertThat(Laws.uniform(0)).isEqualTo(0x1p-33f);
    assertThat(Laws.uniform(-1)).isEqualTo(1f);
    assertThat(Laws.radius(-1)).isZero();
  }
}
