package dev.advect.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acceptance on softcuda, so that a person with a GPU does not find it broken. */
class AcceptanceTest {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../..").normalize();

  @TempDir private Path folder;

  @Test
  void everySectionHasFindingsAndNoneFails() throws Exception {
    Path file = folder.resolve("result.json");
    String said = accept(file);
    JsonNode result = new ObjectMapper().readTree(file.toFile());
    assertThat(result.get("software").asBoolean()).isTrue();
    assertThat(said).contains("the speeds mean nothing");
    for (String section : List.of("laws", "determinism", "leaks", "training", "inference")) {
      assertThat(findings(result, section)).as(section).isNotEmpty();
    }
    assertThat(result.get("findings"))
        .noneMatch(finding -> finding.get("verdict").asText().equals("failed"));
    List<JsonNode> compared = findings(result, "kernels against plain loops");
    assertThat(compared).hasSizeGreaterThan(10);
    List<JsonNode> measured = findings(result, "bandwidth");
    assertThat(measured).hasSizeGreaterThan(70);
    assertThat(compared).allMatch(finding -> finding.get("verdict").asText().equals("passed"));
    assertThat(measured).allMatch(finding -> finding.get("value").asDouble() > 0);
  }

  private static List<JsonNode> findings(JsonNode result, String section) {
    return StreamSupport.stream(result.get("findings").spliterator(), false)
        .filter(finding -> finding.get("section").asText().equals(section))
        .toList();
  }

  private static String accept(Path file) throws Exception {
    var builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Dadvect.leaks=fail",
            "-Dadvect.home=" + ROOT,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            file.toString());
    builder.environment().put("ADVECT_CUDA_PATH", softcuda().toString());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(file).as(said).exists();
    return said;
  }

  private static Path softcuda() {
    Path folder = ROOT.resolve("native/softcuda/target");
    boolean built = Files.exists(folder.resolve("libcuda.so.1"));
    String problem = "There is no softcuda in " + folder + ": run native/softcuda/build.";
    if (!built && "true".equals(System.getenv("ADVECT_REQUIRE_SOFTCUDA"))) {
      throw new AssertionError(problem);
    }
    assumeTrue(built, problem);
    return folder;
  }
}
