package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.data.Table;
import dev.advect.data.Toy;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.path.Icfm;
import dev.advect.solve.Solver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Java example of the README, with fewer steps. */
class ExampleTest {
  @Test
  void theExampleOfTheReadmeRuns() {
    int steps = 60;
    Table moons = Toy.moons().draw(0, 10_000);
    var matching = FlowMatching.of(Mlp.of(2, 64, 3, Activation.SELU), new Icfm(0.1));
    var options = TrainingOptions.standard().withSteps(steps);
    try (var backend = Backends.open("auto", BackendOptions.standard()).backend();
        var trainer = new Trainer(backend, matching, options, moons.values(), moons.rows())) {
      trainer.advance(steps);
      FlowModel model = trainer.model();
      float[] samples = model.sample(backend, SamplingOptions.standard(), 1_000);
      Scores scores =
          model.logLikelihood(backend, samples, Solver.euler(100), Divergence.hutchinson(4), 0);
      assertThat(samples).hasSize(2_000);
      assertThat(scores.meanNegativeLogLikelihood()).isBetween(0.0, 10.0);
    }
  }

  /** Line by line what runs above, but for the number of steps. */
  @Test
  void theExampleOfTheReadmeIsTheOneThatRuns() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String example = readme.substring(readme.indexOf("```java\n") + 8);
    String source = Files.readString(Path.of("src/test/java/dev/advect/train/ExampleTest.java"));
    List<String> lines = example.substring(0, example.indexOf("```")).lines().toList();
    assertThat(lines).hasSizeGreaterThan(8);
    for (String line : lines) {
      assertThat(source).contains(line.strip().replace("5_000", "steps"));
    }
  }
}
