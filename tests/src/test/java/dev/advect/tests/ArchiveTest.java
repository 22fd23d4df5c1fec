package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archives that {@code mvn package} makes, as a person uses them: unpack and run. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class ArchiveTest {
  @TempDir private Path folder;
  private Path home;

  @BeforeEach
  void makeAnEmptyHome() throws IOException {
    home = Files.createDirectory(folder.resolve("home"));
  }

  @Test
  void theArchiveRunsOnTheJavaThatIsThere() throws IOException {
    Path advect = unpacked("").resolve("bin/advect");
    Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"));
    trainsAndSamples(advect, environment);

    // The first start makes the cache in the user's own place, and the second uses it.
    String[] data = {"data", "moons", "-n", "3", "--quiet"};
    String drawn = run(advect, environment, data).out();
    List<Path> made = files(home.resolve(".cache/advect"));
    assertThat(made).hasSize(2).anyMatch(file -> file.toString().endsWith(".jsa"));
    var date = Files.getLastModifiedTime(made.getFirst());
    assertThat(run(advect, environment, data).out()).isEqualTo(drawn);
    assertThat(files(home.resolve(".cache/advect"))).isEqualTo(made);
    assertThat(Files.getLastModifiedTime(made.getFirst())).isEqualTo(date);
  }

  @Test
  void theImageRunsWithoutAnyOtherJava() throws IOException {
    Path advect = unpacked("-image").resolve("bin/advect");
    trainsAndSamples(advect, Map.of("JAVA_HOME", home.toString()));
  }

  @Test
  void theArchiveHoldsWhatComesWithAProgram() throws IOException {
    Path root = unpacked("");
    assertThat(root.resolve("share/man/man1/advect.1")).content().startsWith(".TH ADVECT 1 ");
    assertThat(root.resolve("share/bash-completion/completions/advect"))
        .content()
        .contains("complete -F ");
    assertThat(List.of("LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "docs", "examples"))
        .allSatisfy(name -> assertThat(root.resolve(name)).exists());
    assertThat(files(root.resolve("lib")))
        .as("as many as the command line has in a checkout")
        .hasSize(1 + files(Repository.root().resolve("cli/target/lib")).size());
  }

  private void trainsAndSamples(Path advect, Map<String, String> environment) {
    var without = new HashMap<>(environment);
    without.put("ADVECT_AOT_CACHE", "off");
    assertThat(run(advect, without, "--version").out())
        .startsWith("advect ")
        .contains(", commit ", "\ncpu ready: ", "Vector API");
    run(advect, without, "train", "moons", "--steps", "20");
    Cli.Outcome samples = run(advect, without, "sample", "runs/moons", "-n", "5", "--quiet");
    assertThat(samples.out().lines()).hasSize(5).allMatch(line -> line.split(",").length == 2);
    assertThat(home.resolve(".cache")).doesNotExist();
  }

  /** Runs the launcher with hardly any environment. */
  private Cli.Outcome run(Path advect, Map<String, String> environment, String... args) {
    var words = new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin", "HOME=" + home));
    environment.forEach((name, value) -> words.add(name + "=" + value));
    words.add(advect.toString());
    words.addAll(List.of(args));
    return Cli.start(folder, words).end().requireDone();
  }

  /** The folder that an archive unpacks to. */
  private Path unpacked(String kind) throws IOException {
    Path dist = Repository.root().resolve("dist/target");
    String name;
    try (Stream<Path> files = Files.isDirectory(dist) ? Files.list(dist) : Stream.empty()) {
      name =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.matches("advect-[0-9.]+(-SNAPSHOT)?" + kind + "\\.tar\\.gz"))
              .findFirst()
              .orElse("advect" + kind + ".tar.gz");
    }
    Path archive = dist.resolve(name);
    Repository.requireBuilt(archive, kind.isEmpty() ? "mvn package" : "mvn -Pimage package");
    Cli.start(folder, List.of("tar", "-xzf", archive.toString())).end().requireDone();
    List<Path> roots = files(folder).stream().filter(path -> !path.equals(home)).toList();
    assertThat(roots).hasSize(1);
    return roots.getFirst();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
