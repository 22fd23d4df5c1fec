package dev.advect.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@link OpCases} in the interpreter and on every backend that is there. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class OpCaseTest {
  private static final AtomicInteger RAN = new AtomicInteger();
  private static final Map<String, Backend> BACKENDS = new LinkedHashMap<>();

  @BeforeAll
  static void open() {
    String device = System.getProperty("advect.test.device");
    if (device != null) {
      BACKENDS.put(device, backend(device, BackendOptions.standard()));
      return;
    }
    BACKENDS.put("reference", backend("reference", BackendOptions.standard()));
    BACKENDS.put("cpu", backend("cpu", BackendOptions.standard().withThreads(2)));
    BACKENDS.put("cpu, tiles of 32", backend("cpu", BackendOptions.standard().withTile(32)));
    BACKENDS.put("cpu, vectors at once", with("advect.start", "vectors"));
    BACKENDS.put("cpu, scalar", with("advect.vector", "scalar"));
  }

  /** A CPU opened under a system property. */
  private static Backend with(String property, String value) {
    String before = System.getProperty(property);
    System.setProperty(property, value);
    try {
      return backend("cpu", BackendOptions.standard().withThreads(2));
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  private static Backend backend(String name, BackendOptions options) {
    return Backends.open(name, options).backend();
  }

  @AfterAll
  static void close() {
    BACKENDS.values().forEach(Backend::close);
    System.out.printf("%d operation cases on %s%n", RAN.get(), BACKENDS.keySet());
    assertThat(RAN.get()).isGreaterThan(800 * BACKENDS.size());
  }

  static List<OpCase> cases() {
    return OpCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void derivativesAgreeWithCentralDifferences(OpCase c) {
    int samples = 3;
    OpParity d = OpParity.of(c);
    Map<String, double[]> in = d.numbers(samples, new Random(1));
    Slice slice = Slice.batch(samples, 0);
    Map<String, double[]> out = Interpreter.run(d.graph(), in, slice, 1).results();
    double h = 1e-5;
    double[] up = Interpreter.run(d.graph(), moved(d, in, h), slice, 1).results().get("y");
    double[] down = Interpreter.run(d.graph(), moved(d, in, -h), slice, 1).results().get("y");
    double[] tangent = out.get("tangent");
    double forward = 0;
    double[] w = in.get("w");
    for (int i = 0; i < tangent.length; i++) {
      double numeric = (up[i] - down[i]) / (2 * h);
      assertThat(tangent[i]).isCloseTo(numeric, within(2e-6 * (1 + Math.abs(numeric))));
      forward += tangent[i] * w[i];
    }
    double backward = 0;
    double size = 1;
    for (int i : d.active()) {
      double[] ct = out.get("ct" + i);
      double[] v = in.get("v" + i);
      for (int k = 0; k < ct.length; k++) {
        backward += ct[k] * v[k];
        size += Math.abs(ct[k] * v[k]);
      }
    }
    assertThat(backward).as("<Jv,w> = <v,J'w>").isCloseTo(forward, within(1e-12 * size));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backendsAgreeWithTheInterpreter(OpCase c) {
    BACKENDS.forEach(
        (name, backend) -> {
          for (OpParity.Worst worst : OpParity.of(c, backend)) {
            assertThat(worst.excess()).as("%s: %s", name, worst).isLessThanOrEqualTo(1);
            RAN.incrementAndGet();
          }
        });
  }

  private static Map<String, double[]> moved(OpParity d, Map<String, double[]> in, double h) {
    Map<String, double[]> out = new HashMap<>(in);
    for (int i : d.active()) {
      double[] x = in.get("in" + i).clone();
      double[] v = in.get("v" + i);
      for (int k = 0; k < x.length; k++) {
        x[k] += h * v[k];
      }
      out.put("in" + i, x);
    }
    return out;
  }
}
