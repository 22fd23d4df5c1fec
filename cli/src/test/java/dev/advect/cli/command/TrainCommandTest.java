package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.cli.Cli;
import dev.advect.cli.ExitCode;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.Configs;
import dev.advect.cli.run.StopSignal;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.file.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir private Path folder;

  private static List<String> files(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The steps and losses of the metrics, without the times. */
  private static List<String> losses(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.substring(0, line.indexOf(",\"samples")))
        .toList();
  }

  private static void assertSameWeights(Path one, Path other) throws IOException {
    var a = Safetensors.read(one.resolve("checkpoint.safetensors"));
    var b = Safetensors.read(other.resolve("checkpoint.safetensors"));
    assertThat(a.tensors()).isEqualTo(b.tensors()).isNotEmpty();
    assertThat(Files.readAllBytes(one.resolve("model.safetensors")))
        .isEqualTo(Files.readAllBytes(other.resolve("model.safetensors")));
  }

  @Test
  void aRunDirectoryHoldsEverything() throws IOException {
    Path run = folder.resolve("run");
    Cli.Result result = TinyRun.train(run, "--steps", "20");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("step 20 of 20", "advect sample " + run, run.resolve("report.html").toString());
    assertThat(files(run))
        .containsExactly(
            "checkpoint.safetensors",
            "config.yaml",
            "loss.png",
            "metrics.jsonl",
            "model.safetensors",
            "report.html",
            "samples.png");
    Config config = Configs.load(run.resolve("config.yaml"));
    assertThat(config.training().steps()).isEqualTo(20);
    assertThat(config.data().points()).isEqualTo(50);
    assertThat(losses(run)).hasSize(5);
    assertThat(Safetensors.read(run.resolve("model.safetensors")).metadata())
        .containsEntry("step", "20")
        .containsEntry("convention", "t0=noise,t1=data")
        .containsKeys("configuration", "normalizer", "software", "data");
    assertThat(Files.readString(run.resolve("report.html"))).contains("data:image/png;base64,");
  }

  @Test
  void theResolvedConfigurationGivesTheSameRun() throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    TinyRun.make(first, "--steps", "9", "--seed", "5");
    Cli.Result again =
        Cli.run(
            "train",
            first.resolve("config.yaml").toString(),
            "--out",
            second.toString(),
            "--device",
            "reference");
    assertThat(again.code()).as(again.err()).isEqualTo(ExitCode.DONE);
    assertSameWeights(first, second);
  }

  @Test
  void aKilledRunResumesToTheSameWeights() throws IOException {
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    TinyRun.make(whole, "--steps", "18");
    TinyRun.make(killed, "--steps", "12");
    // As a kill -9 after step 12 leaves it: a report too many, half a line, an old model, no
    // pictures.
    Files.writeString(
        killed.resolve("metrics.jsonl"),
        "{\"step\":16,\"loss\":9,\"learning_rate\":1,\"samples_per_second\":1,\"seconds\":1}\n"
            + "{\"st",
        StandardOpenOption.APPEND);
    Files.delete(killed.resolve("model.safetensors"));
    Files.delete(killed.resolve("report.html"));
    Cli.Result resumed =
        Cli.run("train", killed.toString(), "--resume", "--steps", "18", "--device", "reference");
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
    assertThat(resumed.err()).contains("going on from step 12");
    assertSameWeights(whole, killed);
    assertThat(losses(killed)).isEqualTo(losses(whole));
    assertThat(files(killed)).isEqualTo(files(whole));
  }

  @Test
  void aRunKilledBeforeItsFirstCheckpointStartsAgain() throws IOException {
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    TinyRun.make(whole, "--steps", "6");
    Files.createDirectories(killed);
    Files.copy(whole.resolve("config.yaml"), killed.resolve("config.yaml"));
    Files.writeString(killed.resolve("metrics.jsonl"), "{\"ste");
    Cli.Result resumed = TinyRun.train(killed, "--steps", "6", "--resume");
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
    assertSameWeights(whole, killed);
    assertThat(losses(killed)).isEqualTo(losses(whole));
  }

  @Test
  void aStoppedRunSaysHowToGoOnAndDoes() throws IOException {
    Path whole = folder.resolve("whole");
    Path stopped = folder.resolve("stopped");
    TinyRun.make(whole, "--steps", "6");
    var stop = new StopSignal();
    stop.request();
    Cli.Result result = TinyRun.train(stop, stopped, "--steps", "6");
    assertThat(result.err())
        .contains("stopped at step 0 of 6", "go on with: advect train --resume " + stopped);
    assertThat(files(stopped)).contains("checkpoint.safetensors").doesNotContain("report.html");
    assertThat(TinyRun.train(stopped, "--steps", "6", "--resume").code()).isEqualTo(ExitCode.DONE);
    assertSameWeights(whole, stopped);
  }

  @Test
  void aModelThatAKillLeftBehindItsCheckpointIsWrittenAgain() throws IOException {
    Path run = folder.resolve("run");
    Path shorter = folder.resolve("shorter");
    TinyRun.make(run, "--steps", "12");
    TinyRun.make(shorter, "--steps", "6");
    byte[] right = Files.readAllBytes(run.resolve("model.safetensors"));
    Files.write(
        run.resolve("model.safetensors"), Files.readAllBytes(shorter.resolve("model.safetensors")));
    Cli.Result result = TinyRun.train(run, "--steps", "12", "--resume");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readAllBytes(run.resolve("model.safetensors"))).isEqualTo(right);
  }

  @Test
  void aFinishedRunIsLeftAlone() throws IOException {
    Path run = folder.resolve("run");
    TinyRun.make(run, "--steps", "6");
    byte[] checkpoint = Files.readAllBytes(run.resolve("checkpoint.safetensors"));
    Cli.Result again = TinyRun.train(run, "--steps", "6", "--resume");
    assertThat(again.code()).isEqualTo(ExitCode.DONE);
    assertThat(again.err()).contains("is finished: it has done its 6 steps");
    assertThat(Files.readAllBytes(run.resolve("checkpoint.safetensors"))).isEqualTo(checkpoint);
  }

  @Test
  void nothingIsOverwrittenAndNothingIsMixed() {
    Path run = folder.resolve("run");
    TinyRun.make(run, "--steps", "6");
    Cli.Result over = TinyRun.train(run, "--steps", "6");
    assertThat(over.code()).isEqualTo(ExitCode.USAGE);
    assertThat(over.err()).contains("holds a run already", "--resume", "--out");
    Cli.Result other = TinyRun.train(run, "--steps", "6", "--resume", "--set", "path.sigma=0.2");
    assertThat(other.code()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("path.sigma is now 0.2 where the run has 0.1");
    Cli.Result fewer = TinyRun.train(run, "--steps", "5", "--resume");
    assertThat(fewer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(fewer.err()).contains("has done 6 steps, more than 5");
    Cli.Result noResume = Cli.run("train", run.toString());
    assertThat(noResume.code()).isEqualTo(ExitCode.USAGE);
    assertThat(noResume.err()).contains("is a run directory");
    Cli.Result elsewhere =
        Cli.run("train", run.toString(), "--resume", "--out", folder.resolve("x").toString());
    assertThat(elsewhere.code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aDryRunPrintsTheConfigurationAndWritesNothing() throws IOException {
    Path run = folder.resolve("run");
    Cli.Result yaml = TinyRun.train(run, "--dry-run");
    assertThat(yaml.code()).isEqualTo(ExitCode.DONE);
    assertThat(Configs.parse("printed", yaml.out(), Configs.Changes.none()).data().points())
        .isEqualTo(50);
    assertThat(yaml.err()).contains("parameters; would write " + run);
    JsonNode json = new ObjectMapper().readTree(TinyRun.train(run, "--dry-run", "--json").out());
    assertThat(json.at("/field/hidden/0").asInt()).isEqualTo(4);
    assertThat(run).doesNotExist();
  }

  @Test
  void jsonAndQuietLeaveOneDocumentAndNothingElse() throws IOException {
    Cli.Result result = TinyRun.train(folder.resolve("run"), "--steps", "6", "--json", "--quiet");
    assertThat(result.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.get("finished").asBoolean()).isTrue();
    assertThat(json.get("step").asLong()).isEqualTo(6);
    assertThat(json.get("loss").isNumber()).isTrue();
  }

  @Test
  void aLossThatExplodesIsAFailureWithARemedy() {
    Cli.Result result =
        Cli.run(
            "train",
            "moons",
            "--out",
            folder.resolve("run").toString(),
            "--steps",
            "60",
            "--set",
            "data.points=50",
            "--set",
            "optimizer={kind: sgd, learningRate: 1e30, clip: 0}");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .containsPattern("error: the loss is not finite at step [2-9]\n")
        .containsPattern(
            "cause: .* made at \\w+\\.java:\\d+ is (NaN|-?Infinity) for sample \\d+, f")
        .contains("hint: lower the learning rate", "; nothing was saved yet");
  }

  @Test
  void theCheckpointBeforeALossThatExplodesIsWrittenEvenWithinTheSameSecond() {
    Path run = folder.resolve("run");
    Cli.Result result =
        TinyRun.train(
            run,
            "--steps",
            "60",
            "--set",
            "training.checkpointEvery=1",
            "--set",
            "optimizer={kind: sgd, learningRate: 1e6, clip: 0}");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    String step = Safetensors.read(run.resolve("checkpoint.safetensors")).metadata().get("step");
    assertThat(Integer.parseInt(step)).isGreaterThan(1);
    assertThat(result.err())
        .contains("not finite at step " + (Integer.parseInt(step) + 1))
        .contains("; the checkpoint of step " + step + " in " + run);
  }

  @Test
  void theLastGoodCheckpointOutlivesALossThatExplodes() {
    Path run = folder.resolve("run");
    assertThat(TinyRun.train(run, "--steps", "6", "--set", "training.checkpointEvery=4").code())
        .isEqualTo(ExitCode.DONE);
    Path checkpoint = run.resolve("checkpoint.safetensors");
    SafetensorsFile file = Safetensors.read(checkpoint);
    var tensors = new LinkedHashMap<>(file.tensors());
    Tensor bias = tensors.get("field.layers.0.bias");
    float[] huge = bias.floats();
    huge[0] = Float.MAX_VALUE;
    tensors.put(
        "field.layers.0.bias",
        Tensor.f32(huge, bias.shape().stream().mapToLong(Long::longValue).toArray()));
    Safetensors.write(checkpoint, file.metadata(), tensors);
    Cli.Result result = Cli.run("train", "--resume", run.toString(), "--steps", "20");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("not finite at step 7", "; the checkpoint of step 6 in " + run);
    assertThat(Safetensors.read(checkpoint).tensors()).isEqualTo(tensors);
  }

  @Test
  void splitsAreForFiniteData() {
    Cli.Result result = TinyRun.train(folder.resolve("run"), "--set", "data.split={train: 3}");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("moons is a generator");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void noiseThatDoesNotDrownTheDataIsTold() {
    Cli.Result narrow = Cli.run("train", "moons", "--dry-run", "--set", "path=ve");
    assertThat(narrow.code()).as(narrow.err()).isEqualTo(ExitCode.DONE);
    assertThat(narrow.err()).contains("sigmaMax = 5.0 alone", "data.normalize: standardize");
    Cli.Result wide = Cli.run("train", "moons-ve", "--dry-run");
    assertThat(wide.code()).as(wide.err()).isEqualTo(ExitCode.DONE);
    assertThat(wide.err()).doesNotContain("sigmaMax");
  }

  @Test
  void partsThatDoNotGoTogetherAreMistakes() {
    Cli.Result curved =
        Cli.run(
            "train",
            "moons",
            "--dry-run",
            "--set",
            "field.predict=noise",
            "--set",
            "path={kind: custom, mean: 't*x1+t*(1-t)*x1^2', std: '1-t'}");
    assertThat(curved.code()).isEqualTo(ExitCode.USAGE);
    assertThat(curved.err()).contains("is not linear in x0 and x1", "hint:");
    Cli.Result coupled =
        Cli.run(
            "train",
            "moons",
            "--dry-run",
            "--set",
            "field.predict=score",
            "--set",
            "coupling=exact-ot");
    assertThat(coupled.code()).isEqualTo(ExitCode.USAGE);
    assertThat(coupled.err()).contains("does not determine the velocity");
  }
}
