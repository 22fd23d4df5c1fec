package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The same seed gives the same bytes, however many threads share the work and however far the JVM
 * has compiled it: with two threads the hot code is compiled twice, with the others once.
 */
@Execution(ExecutionMode.CONCURRENT)
class DeterminismTest {
  @TempDir private Path folder;

  @Test
  void threadsDoNotShowInAnyResult() throws IOException {
    var models = new ArrayList<byte[]>();
    var samples = new ArrayList<byte[]>();
    var scores = new ArrayList<byte[]>();
    // Batches and rows of more than one tile, and of no whole number of tiles.
    for (int threads : new int[] {1, 3}) {
      String run = "run" + threads;
      command(
          Cli.quickIn(folder),
          threads,
          "train moons --steps 40 --seed 5 --set training.batch=600 --set field.hidden=[16]"
              + " --set data.points=3000 --set sampling.steps=2 --out "
              + run);
      models.add(Files.readAllBytes(folder.resolve(run).resolve("model.safetensors")));
    }
    for (int threads : new int[] {1, 2, 3}) {
      Cli cli = threads == 2 ? Cli.in(folder) : Cli.quickIn(folder);
      command(cli, threads, "sample run1 -n 700 --seed 9 --steps 25 --out samples.npy");
      samples.add(Files.readAllBytes(folder.resolve("samples.npy")));
      command(
          cli,
          threads,
          "likelihood run1 moons -n 700 --seed 9 --steps 25 --divergence hutchinson --probes 3"
              + " --out scores.npy");
      scores.add(Files.readAllBytes(folder.resolve("scores.npy")));
    }
    assertSame("weights of 1 and 3 threads", models);
    assertSame("samples of 1, 2 and 3 threads", samples);
    assertSame("log-densities of 1, 2 and 3 threads", scores);
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
    assertThat(bytes).as(what).hasSizeGreaterThan(1).allMatch(b -> Arrays.equals(b, bytes.get(0)));
  }
}
