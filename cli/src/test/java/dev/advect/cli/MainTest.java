package dev.advect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.AdvectException;
import dev.advect.cli.run.StopSignal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  @Test
  void helpListsTheCommandsThatExist() {
    Cli.Result help = Cli.run("--help");
    assertThat(help.code()).isEqualTo(ExitCode.DONE);
    assertThat(help.out())
        .contains("train", "sample", "likelihood", "data", "inspect", "explain", "devices")
        .contains("evaluate", "verify", "bench");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void versionIsOnStdout() {
    Cli.Result version = Cli.run("--version");
    assertThat(version.code()).isEqualTo(ExitCode.DONE);
    assertThat(version.out().lines())
        .satisfiesExactly(
            build ->
                assertThat(build)
                    .matches("advect \\d+\\.\\d+\\.\\d+\\S*, commit (\\p{XDigit}{12}|unknown)"),
            java -> assertThat(java).startsWith("Java " + Runtime.version() + " ("),
            cuda -> assertThat(cuda).matches("cuda (ready|missing): .+"),
            cpu -> assertThat(cpu).matches("cpu ready: \\d+ cores?, .+"));
  }

  @Test
  void everyCommandSaysTheSameVersion() {
    String version = Cli.run("--version").out();
    assertThat(Cli.run("train", "-V").out()).isEqualTo(version);
    assertThat(Cli.run("completion", "--version").out()).isEqualTo(version);
  }

  @Test
  void noCommandIsWrongUsage() {
    Cli.Result result = Cli.run();
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("no command", "hint:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian moons|did you mean train?",
        "train moosn|did you mean moons?",
        "train moons --steps 0|whole number from 1 to",
        "train moons --steps many|'many'",
        "train moons --seed -1|at least 0, not '-1'",
        "train moons --threads 0|from 1 to 1024",
        "train moons --device gpu|evices are auto",
        "train nowhere/x.yaml|does not exist",
        "train moons --stpes 5|--stpes",
        "sample somewhere|-n",
        "sample nowhere -n 3|no run or model nowhere",
        "sample nowhere -n 0|at least 1, not '0'",
        "sample nowhere -n -3|at least 1, not '-3'",
        "sample nowhere -n 3 --out x.txt|no ending",
        "sample nowhere -n 3 --solver dopri|must be one of euler, midpoint",
        "sample nowhere -n 3 --trajectory --with-likelihood|do not go together",
        "sample nowhere -n 3 --json|file of their own",
        "likelihood nowhere --probes 3|--divergence hutchinson",
        "likelihood nowhere --split some|train, validation, test, all",
        "data|no NAME",
        "data moons|-n says how many",
        "data mons -n 3|did you mean moons?",
        "data digits -n 5000|more than the 1797 rows",
        "data moons -n 3 --split test|is a generator",
        "inspect nowhere|no run or file nowhere",
      })
  void wrongUsageExitsWithTwoAndSaysWhatToDo(String args, String said) {
    Cli.Result result = Cli.run(args.split(" "));
    assertThat(result.err()).startsWith("error: ").contains(said).doesNotContain("\tat ");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void stdoutThatHasGoneIsNoFailure() {
    var err = new ByteArrayOutputStream();
    ExitCode code = execute(new Failing("Broken pipe"), err, "data", "moons", "-n", "5");
    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void stdoutThatIsFullIsAFailure() {
    var err = new ByteArrayOutputStream();
    ExitCode code =
        execute(new Failing("No space left on device"), err, "data", "moons", "-n", "5");
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("No space left on device", "hint:");
  }

  @Test
  void aFailureIsAHeadlineItsCausesAndAHint() {
    var talk = new ByteArrayOutputStream();
    var cause = new IOException("the disk is gone");
    var problem = new AdvectException("reading x failed", "plug it in", cause);
    ExitCode code =
        Problems.execution(problem, new PrintStream(talk, true, StandardCharsets.UTF_8));
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(talk.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "error: reading x failed", "  cause: the disk is gone", "hint: plug it in");
  }

  @Test
  void aBugKeepsItsStackTrace() {
    var talk = new ByteArrayOutputStream();
    ExitCode code =
        Problems.execution(
            new IllegalStateException("impossible"),
            new PrintStream(talk, true, StandardCharsets.UTF_8));
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(talk.toString(StandardCharsets.UTF_8)).contains("bug", "impossible", "\tat ");
  }

  private static ExitCode execute(OutputStream data, OutputStream talk, String... args) {
    var console =
        new Console(data, new PrintStream(talk, true, StandardCharsets.UTF_8), false, true);
    return Main.execute(console, new StopSignal(), args);
  }

  private static final class Failing extends OutputStream {
    private final String reason;

    Failing(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }
}
