package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that people start, as it is found in a fresh clone that has been built. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {
  @TempDir private Path folder;

  @Test
  void theLauncherRunsTheJarThatWasBuilt() throws IOException {
    Path root = Repository.root();
    Path jar = root.resolve("cli/target/advect.jar");
    Repository.requireBuilt(jar, "mvn package");
    // Found before any other Maven, so that a build would fail and leave a trace.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path maven = bin.resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho built > '%s'\nexit 1\n".formatted(trace()));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    Path link = Files.createSymbolicLink(folder.resolve("linked"), root.resolve("advect"));

    Cli.Outcome drawn = launch(bin, link, "data", "moons", "-n", "3", "--quiet");
    assertThat(drawn.exit()).as(drawn.err()).isZero();
    assertThat(drawn.out().lines()).hasSize(3).allMatch(line -> line.split(",").length == 2);
    assertThat(drawn.err()).isEmpty();

    Cli.Outcome wrong = launch(bin, link, "no such command");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("error: ", "hint: ");
    assertThat(trace()).doesNotExist();
    Files.delete(link);
  }

  private Path trace() {
    return folder.resolve("built");
  }

  private Cli.Outcome launch(Path bin, Path launcher, String... args) {
    var words =
        Stream.concat(
                Stream.of(
                    "env",
                    "PATH=" + bin + ":" + System.getenv("PATH"),
                    "JAVA_HOME=" + System.getProperty("java.home"),
                    launcher.toString()),
                Stream.of(args))
            .toList();
    return Cli.start(folder, words).end();
  }
}
