package dev.advect.coupling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CouplingTest {
  private static final int BATCH = 30_000;

  @Test
  void independentDrawsEveryRowEquallyOftenAndNoiseOfItsOwn() {
    var g = new Trace();
    Value data = g.input("data", ValueType.shared(3, 1));
    Coupling.Pair pair = Coupling.independent().pair(data);
    var values =
        Interpreter.evaluate(
            List.of(pair.x0(), pair.x1()),
            Map.of("data", new double[] {-1, 0, 5}),
            Slice.batch(BATCH, 4),
            9);
    double[] x0 = values.get(pair.x0());
    double[] x1 = values.get(pair.x1());
    int[] counts = new int[3];
    double mean = 0;
    double square = 0;
    double product = 0;
    for (int s = 0; s < BATCH; s++) {
      counts[x1[s] < -0.5 ? 0 : x1[s] < 1 ? 1 : 2]++;
      mean += x0[s] / BATCH;
      square += x0[s] * x0[s] / BATCH;
      product += x0[s] * x1[s] / BATCH;
    }
    // Standard errors: 82 for a count, 0.006 for the mean, 0.008 for the square, 0.017.
    for (int count : counts) {
      assertThat(count).isBetween(10_000 - 400, 10_000 + 400);
    }
    assertThat(mean).isCloseTo(0, within(0.03));
    assertThat(square).isCloseTo(1, within(0.04));
    assertThat(product).isCloseTo(0, within(0.09));
  }

  @Test
  void comesBackFromItsDescription() {
    for (Coupling coupling :
        List.of(
            Coupling.independent(),
            Coupling.exactOt(),
            Coupling.exactOt().resampled(),
            Coupling.sinkhorn(0.02),
            new Sinkhorn(1.5e-3, true, 0))) {
      assertThat(Coupling.fromJson(coupling.json())).isEqualTo(coupling);
    }
    assertThatThrownBy(() -> Coupling.fromJson("{\"kind\": \"exact-ot\", \"resample\": \"no\"}"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("the coupling's resample must be true or false, not no");
    assertThatThrownBy(() -> Coupling.fromJson("{\"kind\": \"magic\"}"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("there is no coupling of the kind 'magic'");
  }
}
