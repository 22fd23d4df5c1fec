package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The same seed gives the same bytes, however many threads share the work and however far the JVM
 * has compiled it: two threads run code that is compiled twice, the others code that is compiled
 * once.
 */
@Execution(ExecutionMode.CONCURRENT)
class DeterminismTest {
  @TempDir private Path folder;

  @Test
  void threadsDoNotShowInAnyResult() throws IOException {
    var models = new ArrayList<byte[]>();
    var samples = new ArrayList<byte[]>();
    var scores = new ArrayList<byte[]>();
    for (int threads = 1; threads <= 3; threads++) {
      Cli cli = threads == 2 ? Cli.in(folder) : Cli.quickIn(folder);
      String run = "run" + threads;
      // Batches and rows of more than one tile, and of no whole number of tiles.
      command(
          cli,
          threads,
          "train moons --steps 40 --seed 5 --set training.batch=600 --set field.hidden=[16]"
              + " --set data.points=3000 --set sampling.steps=2 --out "
              + run);
      models.add(Files.readAllBytes(folder.resolve(run).resolve("model.safetensors")));
      command(cli, threads, "sample run1 -n 700 --seed 9 --steps 25 --out samples.npy");
      samples.add(Files.readAllBytes(folder.resolve("samples.npy")));
      command(
          cli,
          threads,
          "likelihood run1 moons -n 700 --seed 9 --steps 25 --divergence hutchinson --probes 3"
              + " --out scores.npy");
      scores.add(Files.readAllBytes(folder.resolve("scores.npy")));
    }
    assertSame("weights", models);
    assertSame("samples", samples);
    assertSame("log-densities", scores);
    command(Cli.quickIn(folder), 1, "sample run1 -n 700 --seed 8 --steps 25 --out other.npy");
    assertThat(Files.readAllBytes(folder.resolve("other.npy")))
        .as("another seed")
        .hasSameSizeAs(samples.getFirst())
        .isNotEqualTo(samples.getFirst());
  }

  private static void command(Cli cli, int threads, String command) {
    var args = new ArrayList<>(List.of(command.split(" ")));
    args.addAll(List.of("--threads", Integer.toString(threads)));
    cli.done(args.toArray(String[]::new));
  }

  private static void assertSame(String what, List<byte[]> bytes) {
    for (int i = 1; i < bytes.size(); i++) {
      assertThat(bytes.get(i))
          .as("%s with %d threads against 1", what, i + 1)
          .isEqualTo(bytes.getFirst());
    }
  }
}
