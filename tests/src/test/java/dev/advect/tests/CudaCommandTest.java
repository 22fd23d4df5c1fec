package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.data.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with {@code --device cuda}, on softcuda, beside the CPU. */
class CudaCommandTest {
  private static final int STEPS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private Cli cuda() {
    return Cli.quickIn(folder)
        .where("ADVECT_CUDA_PATH", Softcuda.folder())
        .where("SOFTCUDA_LEAKS", 1);
  }

  private static void requireNoLeaks(Cli.Outcome outcome) {
    assertThat(outcome.requireDone().err()).contains("softcuda: no leaks");
  }

  private void trainMoons(Cli cli, String device) {
    Cli.Outcome outcome =
        cli.run(
            "train",
            "moons",
            "--device",
            device,
            "--steps",
            Integer.toString(STEPS),
            "--out",
            device,
            "--set",
            "training.reportEvery=5");
    outcome.requireDone();
    if (device.equals("cuda")) {
      requireNoLeaks(outcome);
    }
  }

  private List<Double> losses(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
        .map(CudaCommandTest::loss)
        .toList();
  }

  private static double loss(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      return node.get("loss").asDouble();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void trainingSamplingAndLikelihoodAreThoseOfTheCpu() throws IOException {
    trainMoons(Cli.quickIn(folder), "cpu");
    trainMoons(cuda(), "cuda");
    List<Double> cpu = losses("cpu");
    List<Double> cuda = losses("cuda");
    assertThat(cuda).hasSize(STEPS / 5).hasSameSizeAs(cpu);
    for (int i = 0; i < cpu.size(); i++) {
      assertThat(cuda.get(i)).isCloseTo(cpu.get(i), within(1e-5 * cpu.get(i)));
    }
    compare("sample", "cuda", "-n", "500", "--steps", "20", "--seed", "3");
    compare("likelihood", "cuda", "samples-cpu.csv", "--steps", "20");
  }

  /** Runs a command on both devices and compares the numbers that it writes. */
  private void compare(String command, String run, String... more) {
    Path[] files = new Path[2];
    String[] devices = {"cpu", "cuda"};
    for (int i = 0; i < 2; i++) {
      String name = (command.equals("sample") ? "samples-" : "scores-") + devices[i] + ".csv";
      files[i] = folder.resolve(name);
      var words = new ArrayList<String>(List.of(command, run));
      words.addAll(List.of(more));
      words.addAll(List.of("--device", devices[i], "--out", name));
      Cli.Outcome outcome = cuda().run(words.toArray(String[]::new));
      outcome.requireDone();
    }
    float[] expected = numbers(files[0]);
    float[] found = numbers(files[1]);
    assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(100);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("%s %d", command, i).isCloseTo(expected[i], within(1e-4f));
    }
  }

  /** The floats of a file, whatever their shape. */
  private static float[] numbers(Path csv) {
    return Csv.read(csv).values();
  }

  @Test
  void aStepIsOneLaunchOfAGraph() throws IOException {
    Path few = logOf(20);
    Path more = logOf(40);
    assertThat(count(more, "cuGraphLaunch") - count(few, "cuGraphLaunch")).isEqualTo(20);
    for (String call : List.of("cuLaunchKernel", "cublasSgemm", "cuMemAlloc", "cuMemHostAlloc")) {
      assertThat(count(more, call)).as(call).isPositive().isEqualTo(count(few, call));
    }
    // How often the loss is read, for the progress, depends on the time that steps take.
    double calls = (count(more, "cu") - count(few, "cu")) / 20.0;
    System.out.printf("%.2f calls of the driver and cuBLAS a training step%n", calls);
  }

  private Path logOf(int steps) {
    Path log = folder.resolve("log-" + steps);
    requireNoLeaks(
        cuda()
            .where("SOFTCUDA_LOG", log)
            .run(
                "train",
                "moons",
                "--device",
                "cuda",
                "--steps",
                Integer.toString(steps),
                "--out",
                "run-" + steps,
                "--set",
                "training.reportEvery=1000",
                "--set",
                "optimizer.warmup=1"));
    return log;
  }

  private static long count(Path log, String call) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.startsWith(call)).count();
    }
  }
}
