package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.AdvectException;
import dev.advect.cli.Cli;
import dev.advect.cli.Console;
import dev.advect.cli.ExitCode;
import dev.advect.verify.Identities;
import dev.advect.verify.Identity;
import dev.advect.verify.Tolerance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The table of measured laws; the laws themselves are tested where they are. */
class VerifyCommandTest {
  @Test
  void printsATableOfWhatWasMeasured() {
    Cli.Result result = Cli.run("verify", "solver.order.euler", "path.velocity");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    List<String> lines = result.out().lines().toList();
    assertThat(lines.getFirst()).matches("what +tolerance +measured +result");
    assertThat(lines)
        .anyMatch(line -> line.matches("solver.order.euler +1 \\+- 0.15 +1\\.00\\d* +pass"))
        .anyMatch(line -> line.matches("path.velocity.vp +<= 1.0e-06 +\\d.\\de-\\d\\d +pass"))
        .noneMatch(line -> line.startsWith("oracle"));
    assertThat(result.err()).contains("device: ", "%d laws hold".formatted(lines.size() - 1));
  }

  @Test
  void printsOneDocument() throws IOException {
    Cli.Result result =
        Cli.run("verify", "divergence.hutchinson.diagonal", "--json", "--device", "reference");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    JsonNode document = new ObjectMapper().readTree(result.out());
    assertThat(document.get("device").asText()).isEqualTo("reference");
    assertThat(document.get("pass").asBoolean()).isTrue();
    JsonNode only = document.get("identities").get(0);
    assertThat(document.get("identities")).hasSize(1);
    assertThat(only.get("measured").asDouble()).isBetween(0.0, 1e-12);
    assertThat(only.get("tolerance").asText()).isEqualTo("<= 1.0e-12");
    assertThat(only.get("source").asText()).contains("Hutchinson");
  }

  @Test
  void listsWithoutMeasuring() {
    Cli.Result result = Cli.run("verify", "--list");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    for (Identity identity : Identities.all()) {
      assertThat(result.out()).contains(identity.name(), identity.law(), identity.reason());
    }
  }

  @Test
  void refusesANameThatIsNone() {
    Cli.Result result = Cli.run("verify", "solver.order.eular");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("there is no law 'solver.order.eular'", "did you mean solver.order.euler");
    assertThat(Cli.run("verify", "--device", "gpu").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void failsIfALawDoesNotHold() {
    var identity =
        new Identity(
            "sum.wrong", "1 + 1 is 3", "nobody", new Tolerance.Near(3, 0.5), "none", _ -> 2);
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    var command = new VerifyCommand(console, () -> List.of(identity));
    new CommandLine(command).parseArgs("--device", "reference");
    // An AdvectException ends the process with 1.
    assertThatThrownBy(command::run)
        .isInstanceOf(AdvectException.class)
        .hasMessage("1 of 1 laws do not hold: sum.wrong");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("2           FAIL");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("sum.wrong measured 2, tolerance 3 +- 0.5: 1 + 1 is 3 (nobody)");
  }
}
