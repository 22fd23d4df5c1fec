package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.cli.Cli;
import dev.advect.cli.Console;
import dev.advect.cli.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
  @Test
  void aWorkerAnswersOneNumberALine() {
    String tasks = "ot 8 2 0\not 8 2 0\ntrain 2 64 3 selu 256 0\n\not 0 2 1\not 8 x 1\not 8\n";
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    var in = new ByteArrayInputStream(tasks.getBytes(StandardCharsets.UTF_8));
    int code = new CommandLine(new BenchCommand(console, in)).execute("--worker");
    assertThat(code).isZero();
    List<String> answers = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(answers).hasSize(7);
    assertThat(Double.parseDouble(answers.get(0))).isPositive();
    assertThat(Double.parseDouble(answers.get(1))).isPositive();
    assertThat(answers.subList(2, 7)).containsOnly("nan");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("there is no task 'train'", "0 is not from 1", "expected: ot N DIM SECONDS");
  }

  @Test
  void withoutAWorkerThereIsNothingToDo() {
    Cli.Result result = Cli.run("bench");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("advect bench --worker");
  }
}
