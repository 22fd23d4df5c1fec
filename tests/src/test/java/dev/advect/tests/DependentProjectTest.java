package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody else's project, which depends on the library: it has only what a repository of Maven
 * would give it, the poms and the jars.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it makes symbolic links")
class DependentProjectTest {
  private static final String GROUP = "dev/advect";

  private static final String POM =
      """
      <project>
        <modelVersion>4.0.0</modelVersion>
        <groupId>example</groupId>
        <artifactId>moons</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>25</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>dev.advect</groupId>
              <artifactId>advect-bom</artifactId>
              <version>%s</version>
              <type>pom</type>
              <scope>import</scope>
            </dependency>
          </dependencies>
        </dependencyManagement>
        <dependencies>
          <dependency>
            <groupId>dev.advect</groupId>
            <artifactId>advect-engine</artifactId>
          </dependency>
        </dependencies>
      </project>
      """;

  private static final String PROGRAM =
      """
      import dev.advect.backend.*;
      import dev.advect.data.Toy;
      import dev.advect.nn.*;
      import dev.advect.path.Icfm;
      import dev.advect.train.*;

      void main() {
        var moons = Toy.moons().draw(0, 10_000);
        var matching = FlowMatching.of(Mlp.of(2, 64, 3, Activation.SELU), new Icfm(0.1));
        try (var backend = Backends.open("cpu", BackendOptions.standard()).backend();
            var trainer =
                new Trainer(
                    backend, matching, TrainingOptions.standard(), moons.values(), moons.rows())) {
          trainer.advance(2_000);
          float[] samples = trainer.model().sample(backend, SamplingOptions.standard(), 1_000);
          for (int i = 0; i < samples.length; i += 2) {
            IO.println("sample " + samples[i] + " " + samples[i + 1]);
          }
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void fiveLinesTrainAndSampleMoons() throws IOException {
    String jdk = System.getProperty("java.home");
    Path maven = maven();
    Path repository = repository();
    Path project = Files.createDirectory(folder.resolve("project"));
    Files.writeString(project.resolve("pom.xml"), POM.formatted(version()));
    Path sources = Files.createDirectories(project.resolve("src/main/java"));
    Files.writeString(sources.resolve("Moons.java"), PROGRAM);

    Cli.Outcome outcome =
        Cli.start(
                project,
                List.of(
                    "env",
                    "JAVA_HOME=" + jdk,
                    maven.toString(),
                    "--batch-mode",
                    "--offline",
                    "--quiet",
                    "-Dmaven.repo.local=" + repository,
                    plugin("org.apache.maven.plugins", "maven-compiler-plugin", "compile"),
                    plugin("org.codehaus.mojo", "exec-maven-plugin", "exec"),
                    "-Dexec.executable=" + jdk + "/bin/java",
                    "-Dexec.args=--add-modules jdk.incubator.vector -cp %classpath Moons"))
            .end();

    assertThat(outcome.exit()).as("%s\n%s", outcome.out(), outcome.err()).isZero();
    // Not line by line: Maven may colour its output.
    List<MatchResult> samples =
        Pattern.compile("sample (\\S+) (\\S+)").matcher(outcome.out()).results().toList();
    assertThat(samples).as(outcome.out()).hasSize(1000);
    // All of the data are so near; of the noise that samples start from 53% is, give or take 1.6%.
    assertThat(samples.stream().filter(DependentProjectTest::nearMoons).count()).isGreaterThan(700);
  }

  /** Whether a point is as near to one of the two half circles as the noise of the data goes. */
  private static boolean nearMoons(MatchResult sample) {
    // Toy's formula, backwards, with the mean of its noise.
    double x = (Double.parseDouble(sample.group(1)) + 1) / 3 - 0.1;
    double y = (Double.parseDouble(sample.group(2)) + 1) / 3 - 0.1;
    boolean outer = Math.abs(Math.hypot(x, y) - 1) < 0.2 && y > -0.2;
    boolean inner = Math.abs(Math.hypot(x - 1, y - 0.5) - 1) < 0.2 && y < 0.7;
    return outer || inner;
  }

  /** A local repository with everything that this build used, and what it has just made. */
  private Path repository() throws IOException {
    Path used = Path.of(System.getProperty("localRepository"));
    Path repository = Files.createDirectories(folder.resolve("repository"));
    Path ours = Files.createDirectories(repository.resolve(GROUP));
    try (Stream<Path> groups = Files.list(used)) {
      for (Path group : groups.filter(path -> !path.endsWith("dev")).toList()) {
        Files.createSymbolicLink(repository.resolve(group.getFileName()), group);
      }
    }
    Path root = Repository.root();
    deploy(ours, "advect-parent", root.resolve("pom.xml"), "pom");
    deploy(ours, "advect-bom", root.resolve("bom/pom.xml"), "pom");
    for (String module : List.of("bindings", "engine")) {
      String artifact = "advect-" + module;
      Path jar = root.resolve(module + "/target/" + artifact + "-" + version() + ".jar");
      Repository.requireBuilt(jar, "mvn package");
      deploy(ours, artifact, root.resolve(module + "/pom.xml"), "pom");
      deploy(ours, artifact, jar, "jar");
    }
    return repository;
  }

  private static void deploy(Path group, String artifact, Path file, String type)
      throws IOException {
    String version = version();
    Path place = Files.createDirectories(group.resolve(artifact).resolve(version));
    Files.copy(file, place.resolve("%s-%s.%s".formatted(artifact, version, type)));
  }

  private static String version() {
    return text("<artifactId>advect-parent</artifactId>");
  }

  /** A goal of the plugin that this build used, since no other is at hand without a network. */
  private static String plugin(String group, String name, String goal) {
    String version = text("<artifactId>" + name + "</artifactId>");
    return String.join(":", group, name, version, goal);
  }

  /** The version that the parent pom gives an artifact. */
  private static String text(String artifact) {
    try {
      String pom = Files.readString(Repository.root().resolve("pom.xml"));
      String after = pom.substring(pom.indexOf(artifact));
      return after.substring(after.indexOf("<version>") + 9, after.indexOf("</version>"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path maven() {
    Optional<Path> maven =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(place -> Path.of(place, "mvn"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(maven.isPresent(), "there is no mvn on the PATH");
    return maven.get();
  }
}
