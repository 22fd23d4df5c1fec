package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.advect.cuda.CudaLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a person is told where CUDA cannot be used: {@code devices} says what is missing and what to
 * install, {@code --device auto} says it and computes on the CPU, {@code --device cuda} fails.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "Advect uses CUDA on Linux only")
@Execution(ExecutionMode.CONCURRENT)
class CudaMissingTest {
  private static final int FAILED = 1;
  private static final String DRIVER = "libcuda.so.1";
  private static final String CUBLAS = "libcublas.so.13";

  @TempDir private Path folder;

  @Test
  void withoutADriverThatIsWhatToInstall() throws IOException {
    requireAbsent(DRIVER);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertExplained(
        empty,
        "libcuda.so.1 is not where the system looks for libraries nor in [" + empty + "].",
        "Install an NVIDIA driver, or set ADVECT_CUDA_PATH to the folder that holds libcuda.so.1.");
  }

  @Test
  void aDriverThatIsNoLibraryIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve(DRIVER), "not a library");
    assertExplained(
        folder,
        file + " (13 bytes) cannot be loaded as a library.",
        "Put a library for Linux " + System.getProperty("os.arch") + " there");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path nowhere = folder.resolve("nowhere");
    assertExplained(
        nowhere,
        "'" + nowhere + "', where libcuda.so.1 was to be looked for, is not a folder.",
        "Set ADVECT_CUDA_PATH to the folder that holds libcuda.so.1, or unset it.");
  }

  @Test
  void aDriverThatIsTooOldSaysWhichWouldDo() {
    assertExplained(
        cli(Softcuda.folder()).where("SOFTCUDA_DRIVER_VERSION", 12080),
        "The NVIDIA driver supports CUDA 12.8, and Advect needs 13.0 or newer.",
        "Install a newer NVIDIA driver: release 580 or later.");
  }

  @Test
  void aDriverWithoutCublasIsNotEnough() throws IOException {
    requireAbsent(CUBLAS);
    Files.createSymbolicLink(folder.resolve(DRIVER), Softcuda.folder().resolve(DRIVER));
    assertExplained(
        folder,
        CUBLAS + " is not where the system looks for libraries nor in [" + folder + "].",
        "Install the CUDA libraries, or set ADVECT_CUDA_PATH to the folder that holds " + CUBLAS);
  }

  private static void requireAbsent(String library) {
    assumeTrue(
        CudaLibrary.probe(library, List.of()) instanceof CudaLibrary.Missing,
        "the system has a " + library + " of its own");
  }

  private Cli cli(Path libraries) {
    return Cli.quickIn(folder).where("ADVECT_CUDA_PATH", libraries);
  }

  private void assertExplained(Path libraries, String reason, String remedy) {
    assertExplained(cli(libraries), reason, remedy);
  }

  private static void assertExplained(Cli cli, String reason, String remedy) {
    assertThat(cli.done("devices").out())
        .containsPattern("(?m)^cuda +missing: \\Q" + reason + "\\E$")
        .containsPattern("(?m)^ +to make it ready: \\Q" + remedy);
    JsonNode cuda = device(cli.done("devices", "--json").json(), "cuda");
    assertThat(cuda.get("ready").asBoolean()).isFalse();
    assertThat(cuda.get("reason").asText()).isEqualTo(reason);
    assertThat(cuda.get("remedy").asText()).startsWith(remedy);

    Cli.Outcome auto = cli.run(train("auto"));
    assertThat(auto.exit()).as(auto.err()).isZero();
    assertThat(auto.err()).containsPattern("device: cpu, .*; not cuda: \\Q" + reason);

    Cli.Outcome asked = cli.run(train("cuda"));
    assertThat(asked.exit()).isEqualTo(FAILED);
    assertThat(asked.err())
        .contains("error: device 'cuda' is missing: " + reason, "hint: " + remedy)
        .doesNotContain("Exception", "\tat ");
    assertThat(cli.folder().resolve("on-cuda")).doesNotExist();
  }

  private static JsonNode device(JsonNode document, String name) {
    return StreamSupport.stream(document.get("devices").spliterator(), false)
        .filter(device -> device.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String[] train(String device) {
    return new String[] {
      "train",
      "moons",
      "--out",
      "on-" + device,
      "--device",
      device,
      "--steps",
      "3",
      "--set",
      "field.hidden=[16]",
      "--set",
      "data.points=64",
      "--set",
      "training.batch=16"
    };
  }
}
