package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.tests.AdvectContainer.Folder;
import dev.advect.tests.AdvectContainer.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.testcontainers.DockerClientFactory;

/** The images, as people run them. */
@Tag("containers")
@Execution(ExecutionMode.SAME_THREAD)
class ContainerTest {
  /** Of a training that is to be stopped on its way: some seconds. */
  private static final int STEPS = 20_000;

  @TempDir private Path path;

  private Folder folder;

  /**
   * Root's files would be root's in any container: a test that is root takes another user's part.
   */
  @BeforeEach
  void giveTheFolderAUser() throws IOException {
    int user = (int) Files.getAttribute(path, "unix:uid");
    int group = (int) Files.getAttribute(path, "unix:gid");
    if (user == 0) {
      user = 12345;
      group = 23456;
      Files.setAttribute(path, "unix:uid", user);
      Files.setAttribute(path, "unix:gid", group);
    }
    folder = new Folder(path, user + ":" + group);
  }

  private static Map<String, String> labels(String image) {
    return DockerClientFactory.instance()
        .client()
        .inspectImageCmd(image)
        .exec()
        .getConfig()
        .getLabels();
  }

  @Test
  void theImageSaysItsVersionAndRunsAsNobodyInParticular() {
    Outcome version = AdvectContainer.cpu().run("--version").requireDone();
    assertThat(labels("advect:cpu"))
        .containsKeys("org.opencontainers.image.title", "org.opencontainers.image.revision")
        .hasEntrySatisfying(
            "org.opencontainers.image.version", label -> assertThat(version.out()).contains(label));
    Outcome user =
        AdvectContainer.cpu().program("/bin/sh", "-c").run("id -u; test ! -w /opt/advect");
    assertThat(user.requireDone().out().strip()).isEqualTo("10001");
  }

  @Test
  void digitsAreTrainedSampledAndScoredWithinHalfAGibibyte() throws IOException {
    strict("train", "digits", "--steps", "60", "--out", "run");
    strict("sample", "run", "-n", "16", "--steps", "20", "--out", "digits.png");
    Outcome scores = strict("likelihood", "run", "--steps", "10", "-n", "20", "--out", "nll.csv");
    assertThat(scores.err() + scores.out()).contains("mean negative log-likelihood");
    for (String file :
        List.of("run/model.safetensors", "run/loss.png", "run/report.html", "digits.png")) {
      assertThat(path.resolve(file)).isNotEmptyFile();
    }
    assertThat(Files.readAllLines(path.resolve("nll.csv"))).hasSizeGreaterThanOrEqualTo(20);
    assertThat(owners()).containsExactly(folder.user());
  }

  private Outcome strict(String... words) {
    return AdvectContainer.cpu().in(folder).withMemory(512).run(words).requireDone();
  }

  /** Who owns the files, each once. */
  private List<String> owners() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.map(ContainerTest::owner).distinct().toList();
    }
  }

  private static String owner(Path file) {
    try {
      return Files.getAttribute(file, "unix:uid") + ":" + Files.getAttribute(file, "unix:gid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theHeapFollowsTheLimitOfMemory() {
    Outcome flags =
        AdvectContainer.cpu()
            .withMemory(512)
            .program("/opt/advect/runtime/bin/java", "@/opt/advect/java.args")
            .run("-XX:+PrintFlagsFinal", "-version")
            .requireDone();
    String line =
        flags.out().lines().filter(l -> l.contains(" MaxHeapSize ")).findFirst().orElseThrow();
    long heap = Long.parseLong(line.replaceAll(".*= *(\\d+).*", "$1"));
    assertThat(heap).isBetween(256L << 20, 384L << 20);
  }

  @Test
  void aStoppedTrainingGoesOnInAnotherContainerBitForBit() {
    train("whole").requireDone();
    try (AdvectContainer stopped = AdvectContainer.cpu().in(folder).begin(words("stopped"))) {
      Path checkpoint = path.resolve("stopped/checkpoint.safetensors");
      while (!Files.exists(checkpoint) && !stopped.hasEnded()) {
        Thread.onSpinWait();
      }
      Outcome outcome = stopped.terminate();
      assertThat(outcome.exit()).as(outcome.err()).isEqualTo(128 + 15);
      assertThat(outcome.err()).contains("go on with: advect train --resume stopped");
    }
    int step = Integer.parseInt(read("stopped/checkpoint").requireMetadata("step"));
    assertThat(step).isGreaterThan(0).isLessThan(STEPS);
    train("stopped", "--resume").requireDone();
    assertThat(read("stopped/checkpoint").tensors()).isEqualTo(read("whole/checkpoint").tensors());
    assertThat(path.resolve("stopped/model.safetensors"))
        .hasSameBinaryContentAs(path.resolve("whole/model.safetensors"));
  }

  private Outcome train(String run, String... more) {
    String[] words = Stream.concat(Stream.of(words(run)), Stream.of(more)).toArray(String[]::new);
    return AdvectContainer.cpu().in(folder).run(words);
  }

  private static String[] words(String run) {
    return new String[] {
      "train",
      "moons",
      "--out",
      run,
      "--seed",
      "3",
      "--steps",
      "" + STEPS,
      "--set",
      "field.hidden=[16,16]",
      "--set",
      "training.batch=64",
      "--set",
      "training.checkpointEvery=200"
    };
  }

  private SafetensorsFile read(String file) {
    return Safetensors.read(path.resolve(file + ".safetensors"));
  }

  @Test
  void theImageForDevicesSaysWhatIsMissingAndTakesTheCpu() {
    Outcome devices = AdvectContainer.gpu().run("devices").requireDone();
    assertThat(devices.out() + devices.err())
        .contains("cuda", "missing: libcuda.so.1", "to make it ready", "cpu", "ready");
    Outcome trained =
        AdvectContainer.gpu()
            .in(folder)
            .run("train", "moons", "--steps", "20", "--out", "run")
            .requireDone();
    assertThat(trained.err()).contains("device: cpu", "not cuda: libcuda.so.1");
    assertThat(path.resolve("run/model.safetensors")).isNotEmptyFile();
    Outcome insisted =
        AdvectContainer.gpu().in(folder).run("train", "moons", "--device", "cuda", "--out", "no");
    assertThat(insisted.exit()).isEqualTo(1);
    assertThat(insisted.err()).contains("libcuda.so.1").doesNotContain("\tat ");
  }

  @Test
  void theImageForDevicesTrainsOnTheOneThatItIsGiven() {
    Path softcuda = Softcuda.folder();
    Outcome devices = withSoftcuda(softcuda).run("devices").requireDone();
    assertThat(devices.out() + devices.err()).containsPattern("cuda +ready");
    withSoftcuda(softcuda)
        .in(folder)
        .run("train", "moons", "--steps", "5", "--device", "cuda", "--out", "run")
        .requireDone();
    Outcome sampled =
        withSoftcuda(softcuda)
            .in(folder)
            .run("sample", "run", "-n", "50", "--steps", "5", "--out", "samples.csv");
    assertThat(sampled.requireDone().err()).contains("device: cuda");
    assertThat(path.resolve("samples.csv")).isNotEmptyFile();
  }

  private static AdvectContainer withSoftcuda(Path folder) {
    return AdvectContainer.gpu().beside(folder, "/cuda").withEnv("ADVECT_CUDA_PATH", "/cuda");
  }
}
