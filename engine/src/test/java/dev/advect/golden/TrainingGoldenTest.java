package dev.advect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.train.TrainingOptions;
import dev.advect.train.TrainingStep;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten steps of training with every optimizer, against PyTorch's for the same batches. */
@Tag("device")
@Tag("nvrtc")
@Tag("backend")
class TrainingGoldenTest {
  private static final int STEPS = 10;

  static Stream<Arguments> cases() {
    return Golden.onEveryBackend(
        "training-adam",
        "training-adam-other",
        "training-adamw",
        "training-adamax",
        "training-sgd");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAndWeightsAreThoseOfPyTorch(String backend, String name) {
    Golden golden = Golden.open(name);
    int batch = Math.toIntExact(golden.file().tensors().get("t").shape().getLast());
    var matching = GivenDraws.matching(golden.field(), golden.gaussianPath());
    TrainingStep step = TrainingStep.of(matching, options(golden, batch), 1);
    try (Backend device = Golden.backend(backend);
        Executable program = device.compile(step.graph())) {
      step.state().forEach((input, type) -> program.set(input, new float[type.size()]));
      golden.parameters().forEach(program::set);
      program.set(TrainingStep.LOSS_SUM, new float[1]);
      program.set(TrainingStep.LEARNING_RATE, new float[] {(float) golden.number("learningRate")});
      double[] losses = new double[STEPS];
      for (int k = 0; k < STEPS; k++) {
        for (String input : GivenDraws.INPUTS) {
          program.bind(input, golden.floats(input, k));
        }
        program.run(Slice.batch(batch, k), 0);
        losses[k] = program.result(TrainingStep.LOSS)[0];
      }
      golden.compare(backend, "loss", losses);
      assertThat(golden.parameters()).hasSize(6);
      for (String parameter : golden.parameters().keySet()) {
        golden.compare(backend, "final." + parameter, program.get(parameter));
      }
    }
  }

  private static TrainingOptions options(Golden golden, int batch) {
    return new TrainingOptions(
        STEPS,
        batch,
        0,
        0,
        optimizer(golden),
        golden.number("learningRate"),
        new Schedule.Constant(),
        golden.number("clip"));
  }

  private static Optimizer optimizer(Golden golden) {
    String name = golden.file().requireMetadata("optimizer");
    double decay = golden.number("weightDecay");
    if (name.equals("sgd")) {
      return new Optimizer.Sgd(golden.number("momentum"), decay);
    }
    double beta1 = golden.number("beta1");
    double beta2 = golden.number("beta2");
    double epsilon = golden.number("epsilon");
    return switch (name) {
      case "adam" -> new Optimizer.Adam(beta1, beta2, epsilon, decay);
      case "adamw" -> new Optimizer.AdamW(beta1, beta2, epsilon, decay);
      case "adamax" -> new Optimizer.Adamax(beta1, beta2, epsilon, decay);
      default -> throw new IllegalArgumentException("no optimizer " + name);
    };
  }
}
