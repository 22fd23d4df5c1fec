package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A training that is killed or stopped, as often as may be, ends where one that ran through ends,
 * bit for bit. Checkpoints are due all the time, so that kills meet half-written ones too.
 */
@Execution(ExecutionMode.SAME_THREAD)
class ResumeTest {
  /** Several seconds of work, since checkpoints are written once a second. */
  private static final int STEPS = 40_000;

  private static final int KILLED = 128 + 9;
  private static final int TERMINATED = 128 + 15;

  @TempDir private static Path folder;
  private static Cli.Running whole;

  /** Works while the first kills happen. */
  @BeforeAll
  static void startTheWholeRun() {
    whole = train(Cli.in(folder), "whole");
  }

  @AfterAll
  static void endTheWholeRun() {
    whole.process().destroyForcibly();
  }

  private static Cli.Running train(Cli cli, String run, String... more) {
    var args =
        new ArrayList<>(
            List.of(
                "train",
                "moons",
                "--out",
                run,
                "--seed",
                "11",
                "--steps",
                "" + STEPS,
                "--set",
                "field.hidden=[16,16]",
                "--set",
                "training.batch=64",
                "--set",
                "training.checkpointEvery=20",
                "--set",
                "data.points=2000",
                "--set",
                "sampling.steps=5"));
    args.addAll(List.of(more));
    return cli.start(args.toArray(String[]::new));
  }

  /** Steps up to which a run would be resumed; 0 if it would start again. */
  private static int checkpoint() {
    Path file = folder.resolve("killed/checkpoint.safetensors");
    return Files.exists(file)
        ? Integer.parseInt(Safetensors.read(file).requireMetadata("step"))
        : 0;
  }

  @Test
  void killsAndStopsDoNotShow() throws IOException {
    var random = new Random(20_261_123);
    Path config = folder.resolve("killed/config.yaml");
    var endedAt = new ArrayList<Integer>();

    // Some with a JVM that compiles hot code once instead of twice: no bit may depend on that.
    Cli.Running first = train(Cli.quickIn(folder), "killed");
    first.until(() -> Files.exists(config));
    endedAt.add(killed(first));
    // Each waits until so many steps are safe, then works on for some moments more.
    endedAt.add(killed(resumedTo(Cli.quickIn(folder), 20, random.nextInt(40))));
    endedAt.add(stopped(resumedTo(Cli.in(folder), 300, random.nextInt(40))));
    endedAt.add(killed(resumedTo(Cli.in(folder), 1500, random.nextInt(40))));
    endedAt.add(killed(resumedTo(Cli.in(folder), STEPS, 0)));
    assertThat(endedAt).isSorted();
    assertThat(endedAt.stream().filter(step -> step > 0 && step < STEPS))
        .as("ends between two checkpoints, of all: %s", endedAt)
        .hasSizeGreaterThanOrEqualTo(2);

    train(Cli.quickIn(folder), "killed", "--resume").end().requireDone();
    whole.end().requireDone();
    assertSameAsWhole();
  }

  private static Cli.Running resumedTo(Cli cli, int steps, int milliseconds) {
    Cli.Running run = train(cli, "killed", "--resume");
    assertThat(run.until(() -> checkpoint() >= steps)).as("came to %d", steps).isTrue();
    run.workOn(milliseconds);
    return run;
  }

  /** Kills a run, and checks that whatever it leaves can be read. */
  private static int killed(Cli.Running run) {
    Cli.Outcome outcome = run.kill();
    int safe = checkpoint();
    // On a busy machine the last run may end before it is killed.
    boolean finished = outcome.exit() == 0 && safe == STEPS;
    assertThat(finished || outcome.exit() == KILLED).as("%d: %s", safe, outcome.err()).isTrue();
    Path model = folder.resolve("killed/model.safetensors");
    if (Files.exists(model)) {
      assertThat(Safetensors.read(model).tensors()).hasSize(6);
    }
    return safe;
  }

  /** Asks a run to stop: it finishes the step, saves it and says how to go on. */
  private static int stopped(Cli.Running run) {
    Cli.Outcome outcome = run.terminate();
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(TERMINATED);
    assertThat(outcome.err())
        .contains("stopping after this step")
        .contains("stopped at step %d of %d".formatted(checkpoint(), STEPS))
        .contains("go on with: advect train --resume killed")
        .doesNotContain("\tat ");
    return checkpoint();
  }

  private static void assertSameAsWhole() throws IOException {
    Path mine = folder.resolve("killed");
    Path theirs = folder.resolve("whole");
    var state = Safetensors.read(mine.resolve("checkpoint.safetensors")).tensors();
    var expected = Safetensors.read(theirs.resolve("checkpoint.safetensors")).tensors();
    assertThat(state.keySet()).isNotEmpty().isEqualTo(expected.keySet());
    assertThat(state.keySet().stream().filter(name -> !state.get(name).equals(expected.get(name))))
        .as("tensors that differ from those of a run that was never stopped")
        .isEmpty();
    for (String name : List.of("model.safetensors", "config.yaml", "samples.png")) {
      assertThat(mine.resolve(name)).hasSameBinaryContentAs(theirs.resolve(name));
    }
    assertSameReports(reports("killed"), reports("whole"));
    assertThat(visible("killed")).isEqualTo(visible("whole"));
  }

  /**
   * A loss is a mean over a hundred steps, summed in float32 over as many steps as happened to fit
   * between two looks at the clock; the sums may round differently.
   */
  private static void assertSameReports(List<JsonNode> mine, List<JsonNode> theirs) {
    assertThat(mine).hasSize(STEPS / 100).hasSameSizeAs(theirs);
    for (int i = 0; i < mine.size(); i++) {
      assertThat(mine.get(i).get("step")).isEqualTo(theirs.get(i).get("step"));
      double loss = theirs.get(i).get("loss").asDouble();
      assertThat(mine.get(i).get("loss").asDouble()).isCloseTo(loss, withinPercentage(1e-3));
    }
  }

  private static List<JsonNode> reports(String run) throws IOException {
    var json = new ObjectMapper();
    var reports = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
      reports.add(json.readTree(line));
    }
    return reports;
  }

  private static List<String> visible(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }
}
