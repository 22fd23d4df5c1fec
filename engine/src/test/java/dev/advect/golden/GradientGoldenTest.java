package dev.advect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Parameters;
import dev.advect.train.TrainingRows;
import dev.advect.type.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The loss of flow matching and its gradient, against PyTorch's for the same draws. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class GradientGoldenTest {
  static Stream<Arguments> cases() {
    return Golden.onEveryBackend("gradient-icfm", "gradient-ot");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfPyTorch(String backend, String name) {
    Golden golden = Golden.open(name);
    var g = new Trace();
    var parameters = new Parameters(g);
    Value data =
        g.input("data", ValueType.shared(1, golden.field().dim())); // nothing draws from it
    Value loss =
        GivenDraws.matching(golden.field(), golden.gaussianPath())
            .loss(parameters, TrainingRows.of(data))
            .value()
            .meanSamples();
    SequencedMap<String, Value> weights = parameters.values();
    List<Value> gradients = Autodiff.gradient(loss, List.copyOf(weights.values()));
    var results = new LinkedHashMap<String, Value>();
    results.put("loss", loss);
    int i = 0;
    for (String weight : weights.keySet()) {
      results.put("gradient." + weight, gradients.get(i++));
    }
    try (var device = Golden.backend(backend);
        var program = device.compile(Graph.of("gradient", results))) {
      golden.feed(program, GivenDraws.INPUTS);
      program.run(Slice.batch(golden.rows("t"), 0), 0);
      assertThat(results).hasSize(1 + 6);
      results.keySet().forEach(result -> golden.compare(backend, result, program.result(result)));
    }
  }
}
