package dev.advect.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes a library that every JDK has, under a name that nobody else has. */
class CudaLibraryTest {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final Path JDK_LIBRARIES =
      Files.isDirectory(JAVA_HOME.resolve("lib/server"))
          ? JAVA_HOME.resolve("lib")
          : JAVA_HOME.resolve("bin");
  private static final String NAME = System.mapLibraryName("advect-probe");

  @TempDir Path holding;
  @TempDir Path empty;

  @BeforeEach
  void copyALibraryThatEveryJdkHas() throws IOException {
    Files.copy(JDK_LIBRARIES.resolve(System.mapLibraryName("zip")), holding.resolve(NAME));
  }

  @Test
  void aLibraryInAFolderIsReadyAndFindsItsSymbols() {
    assertThat(CudaLibrary.probe(NAME, List.of(empty, holding)))
        .isInstanceOfSatisfying(
            CudaLibrary.Ready.class,
            ready -> {
              assertThat(ready.name()).isEqualTo(NAME);
              assertThat(ready.lookup().find("ZIP_CRC32")).isPresent();
              assertThat(ready.lookup().find("cuInit")).isEmpty();
            });
  }

  @Test
  void anAbsentLibrarySaysWhereItWasLookedFor() {
    CudaLibrary.Missing missing = missing(CudaLibrary.probe(NAME, List.of(empty)));
    assertThat(missing.name()).isEqualTo(NAME);
    assertThat(missing.reason()).contains(NAME, empty.toString());
    assertThat(missing.remedy()).contains("CUDA libraries", "ADVECT_CUDA_PATH", NAME);
  }

  @Test
  void aFileThatCannotBeLoadedEndsTheSearch() throws IOException {
    Path file = Files.writeString(empty.resolve(NAME), "not a library");
    CudaLibrary.Missing missing = missing(CudaLibrary.probe(NAME, List.of(empty, holding)));
    assertThat(missing.reason()).contains(file.toString(), "13 bytes");
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() {
    Path nowhere = empty.resolve("nowhere");
    CudaLibrary.Missing missing = missing(CudaLibrary.probe(NAME, List.of(nowhere)));
    assertThat(missing.reason()).contains(nowhere.toString(), "not a folder");
    assertThat(missing.remedy()).contains("ADVECT_CUDA_PATH");
  }

  @Test
  void namesThatCannotBeFilesAreMissingToo() {
    // The dynamic linker takes an empty name for the running program itself.
    assertThat(CudaLibrary.probe("", List.of())).isInstanceOf(CudaLibrary.Missing.class);
    assertThat(CudaLibrary.probe("a\0b", List.of())).isInstanceOf(CudaLibrary.Missing.class);
  }

  @Test
  void theEnvironmentVariableNamesTheFolder() throws Exception {
    assertThat(inAnotherProcess(Probe.class, holding.toString())).isEqualTo("Ready");
    assertThat(inAnotherProcess(Probe.class, empty.toString())).isEqualTo("Missing");
    assertThat(inAnotherProcess(Probe.class, " ")).isEqualTo("Missing");
  }

  @Test
  void askingForWhatCannotBeLoadedThrowsNothing() throws Exception {
    for (String name :
        List.of("libcuda.so.1", "libcublas.so.13", "libcurand.so.10", "libnvrtc.so.13")) {
      Files.writeString(empty.resolve(name), "not a library");
    }
    assertThat(inAnotherProcess(Ask.class, empty.toString()).lines())
        .containsExactly("Missing", "Missing", "Missing", "Missing");
  }

  private static CudaLibrary.Missing missing(CudaLibrary library) {
    assertThat(library).isInstanceOf(CudaLibrary.Missing.class);
    return (CudaLibrary.Missing) library;
  }

  private static String inAnotherProcess(Class<?> program, String cudaPath) throws Exception {
    var builder =
        new ProcessBuilder(
            JAVA_HOME.resolve("bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            NAME);
    builder.environment().put(CudaLibrary.FOLDER_VARIABLE, cudaPath);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return out.strip();
  }

  /** Prints the kind of answer for one name, from a process with its own environment. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      System.out.println(CudaLibrary.probe(args[0]).getClass().getSimpleName());
    }
  }

  /** Asks for each library in the way the engine does, in a process that has touched none. */
  static final class Ask {
    private Ask() {}

    public static void main(String[] args) {
      for (Object answer :
          List.of(Cuda.probe(), Cublas.library(), Curand.library(), Nvrtc.library())) {
        System.out.println(answer.getClass().getSimpleName());
      }
    }
  }
}
