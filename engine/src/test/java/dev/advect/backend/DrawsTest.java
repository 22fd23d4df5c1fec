package dev.advect.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.random.Laws;
import dev.advect.random.Philox;
import dev.advect.testing.TestDevice;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Draws of a device are the function of seed, purpose, step, sample and element that they mean: bit
 * by bit, and normals, which are functions in float, to 3 units in the last place of the true one.
 */
@Tag("device")
class DrawsTest {
  private static final long SEED = 0x123456789abcdefL;
  private static final int PURPOSE = 7;
  private static final int BOUND = 1000;
  private static final int COUNT = 301;
  private static final int FEATURES = 6;

  private static final Slice[] SLICES = {
    Slice.batch(COUNT, 0), new Slice(5, COUNT, 1000, 12), new Slice(1L << 33, COUNT, 1L << 34, 3)
  };

  private static Graph graph(Distribution law) {
    var g = new Trace();
    Value draw =
        switch (law) {
          case UNIFORM -> g.uniform(PURPOSE, FEATURES);
          case NORMAL -> g.normal(PURPOSE, FEATURES);
          case RADEMACHER -> g.rademacher(PURPOSE, FEATURES);
          case INDEX -> g.index(PURPOSE, BOUND);
        };
    var results = new LinkedHashMap<String, Value>();
    results.put("draw", draw);
    return Graph.of("draws", results);
  }

  @ParameterizedTest
  @EnumSource(Distribution.class)
  void drawsAreWhatTheyMean(Distribution law) {
    Graph graph = graph(law);
    int features = law == Distribution.INDEX ? 1 : FEATURES;
    try (Backend backend = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
        Executable e = backend.compile(graph)) {
      for (Slice slice : SLICES) {
        e.run(slice, SEED);
        float[] drawn = e.result("draw");
        assertThat(drawn).hasSize(COUNT * features);
        for (int i = 0; i < drawn.length; i++) {
          compare(law, slice, i / features, i % features, drawn[i]);
        }
      }
    }
  }

  private static void compare(Distribution law, Slice slice, int sample, int feature, float drawn) {
    int bound = law == Distribution.INDEX ? BOUND : 0;
    long index = slice.first() + sample;
    double meant = Laws.element(law, bound, SEED, PURPOSE, slice.step(), index, feature);
    String what = "%s of %s".formatted(law, slice);
    if (law == Distribution.NORMAL) {
      assertThat(drawn).as(what).isEqualTo(normal(slice.step(), index, feature));
      assertThat((double) drawn).as(what).isCloseTo(meant, within(3 * (double) Math.ulp(drawn)));
    } else {
      assertThat((double) drawn).as(what).isEqualTo(meant);
    }
  }

  /** A normal in floats, whose radius, angle and product are rounded to a unit each. */
  private static float normal(long step, long sample, int element) {
    int[] words = new int[4];
    Philox.draw(SEED, PURPOSE, step, sample, element / 4, words, 0, 1);
    int pair = element % 4 & 2;
    float radius = Laws.radius(words[pair]);
    int angle = words[pair + 1];
    return radius * (element % 2 == 0 ? Laws.sine(angle) : Laws.cosine(angle));
  }
}
