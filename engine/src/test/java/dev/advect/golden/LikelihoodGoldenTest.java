package dev.advect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.FlowModel;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Log-densities by every solver under a model that PyTorch wrote, against PyTorch's. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class LikelihoodGoldenTest {
  static Stream<Arguments> cases() {
    return Golden.onEveryBackend("2", "6");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logDensitiesAreThoseOfPyTorch(String backend, String name) {
    FlowModel model = FlowModel.load(Golden.path("model-" + name));
    Golden golden = Golden.open("scores-" + name);
    int steps = (int) golden.number("steps");
    assertThat(model.dim()).isEqualTo(Integer.parseInt(name));
    try (var device = Golden.backend(backend)) {
      for (Tableau solver : Tableau.ALL) {
        Scores scores =
            model.logLikelihood(
                device, golden.floats("data"), Solver.of(solver, steps), Divergence.exact(), 0);
        assertThat(scores.rows()).isEqualTo(5);
        golden.compare(backend, "logDensity." + solver.name(), scores.logDensity());
      }
    }
  }
}
