package dev.advect.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.random.Laws;
import dev.advect.testing.TestDevice;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Draws of a device are the function of seed, purpose, step, sample and element that they mean, bit
 * by bit, and so are the interpreter's.
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
    int bound = law == Distribution.INDEX ? BOUND : 0;
    for (String device : List.of("reference", TestDevice.NAME)) {
      try (Backend backend = Backends.open(device, BackendOptions.standard()).backend();
          Executable e = backend.compile(graph)) {
        for (Slice slice : SLICES) {
          e.run(slice, SEED);
          float[] drawn = e.result("draw");
          assertThat(drawn).hasSize(COUNT * features);
          for (int i = 0; i < drawn.length; i++) {
            long sample = slice.first() + i / features;
            float meant =
                Laws.element(law, bound, SEED, PURPOSE, slice.step(), sample, i % features);
            assertThat(drawn[i]).as("%s of %s", law, slice).isEqualTo(meant);
          }
        }
      }
    }
  }
}
