package dev.advect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Parameters;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Velocities and exact divergences of networks with every activation, against PyTorch's. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class VelocityGoldenTest {
  static Stream<Arguments> cases() {
    var names = new ArrayList<>(List.of("velocity-64", "velocity-fourier"));
    for (Activation activation : Activation.values()) {
      names.add("velocity-" + activation);
    }
    return Golden.onEveryBackend(names.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void velocityAndDivergenceAreThoseOfPyTorch(String backend, String name) {
    Golden golden = Golden.open(name);
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(golden.field().dim()));
    Value t = g.input("t", ValueType.sample());
    Value v = golden.field().velocity(new Parameters(g), x, t);
    Value divergence = Divergence.exact().of(v, x);
    var graph = Graph.of("velocity", Map.of("v", v, "divergence", divergence));
    try (var device = Golden.backend(backend);
        var program = device.compile(graph)) {
      golden.feed(program, List.of("x", "t"));
      program.run(Slice.batch(golden.rows("x"), 0), 0);
      assertThat(golden.rows("x")).isEqualTo(7);
      golden.compare(backend, "v", program.result("v"));
      golden.compare(backend, "divergence", program.result("divergence"));
    }
  }
}
