package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.cli.Cli;
import dev.advect.cli.Console;
import dev.advect.cli.ExitCode;
import dev.advect.cli.UsageException;
import dev.advect.cli.bench.StandardWorkloads;
import dev.advect.cli.bench.Warmup;
import dev.advect.cli.bench.Workload;
import dev.advect.cli.bench.Workload.ExactOt;
import dev.advect.cli.bench.Workload.Net;
import dev.advect.cli.bench.Workload.Train;
import dev.advect.nn.Activation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is measured and printed; how fast it is, is nobody's business here. */
class BenchCommandTest {
  private static final List<Workload> TINY =
      List.of(new Train(new Net(2, 8, 2, Activation.SELU), 16), new ExactOt(8, 2));

  private record Run(int code, String out, String err) {}

  /** Measures tiny workloads without a warm-up. */
  private static Run bench(String tasks, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(out, new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    var in = new ByteArrayInputStream(tasks.getBytes(StandardCharsets.UTF_8));
    int code = new CommandLine(new BenchCommand(console, in, TINY, Warmup.none())).execute(args);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aWorkerAnswersOneNumberALine() {
    List<String> tasks =
        List.of(
            "train 2 8 2 selu 16 0",
            "train 2 8 2 selu 16 0",
            "sample 2 8 2 silu 16 0",
            "loglik 2 8 2 tanh 16 0",
            "ot 8 2 0",
            "gemm NN 3 5 7 0",
            "gemm NT 3 5 7 0",
            "gemm TN 3 5 7 0");
    Run run = bench(String.join("\n", tasks) + "\n", "--worker");
    assertThat(run.code).as(run.err).isZero();
    List<String> answers = run.out.lines().toList();
    assertThat(answers).hasSameSizeAs(tasks);
    assertThat(answers).allSatisfy(answer -> assertThat(Double.parseDouble(answer)).isPositive());
    assertThat(run.err).doesNotContain("warning");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dance 2 64 3 selu 256 0 | there is no task 'dance'; the tasks are",
        "''                      | there is no task ''",
        "ot 0 2 0                | 0 is not from 1 to 20000",
        "ot 8 2 -1               | -1 is not from 0 to 3600",
        "train 2 8 99999999 selu 16 0 | 99999999 is not from 1",
        "ot 8 x 0                | x",
        "ot 8                    | expected: ot N DIM SECONDS",
        "train 2 8 2 selu 16     | expected: train DIM WIDTH DEPTH ACTIVATION BATCH SECONDS",
        "sample 2 8 2 selu 16 0 0| expected: sample DIM WIDTH DEPTH ACTIVATION N SECONDS",
        "loglik 2 8 2 sely 16 0  | there is no activation 'sely'",
        "gemm TT 3 5 7 0         | there is no product 'TT'"
      })
  void aWorkerSaysWhatIsWrongWithATaskAndGoesOn(String task, String message) {
    Run run = bench(task + "\not 8 2 0\n", "--worker", "--device", "reference");
    assertThat(run.code).as(run.err).isZero();
    List<String> answers = run.out.lines().toList();
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0)).isEqualTo("nan");
    assertThat(Double.parseDouble(answers.get(1))).isPositive();
    assertThat(run.err).contains("warning: ", message);
  }

  @Test
  void printsATable() {
    Run run = bench("", "--seconds", "0");
    assertThat(run.code).as(run.err).isZero();
    List<String> lines = run.out.lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).matches("workload +rate +mean +unit +GFLOP/s +% of peak");
    assertThat(lines.get(1)).matches("train-2-8x2-16 +[\\d.]+ +[\\d.]+ +steps/s +[\\d.]+ +[\\d.]+");
    assertThat(lines.get(2)).matches("ot-8-2 +[\\d.]+ +[\\d.]+ +couplings/s +- +-");
    assertThat(run.err).containsPattern("peak: [\\d.]+ GFLOP/s").contains("measuring ot-8-2");
  }

  @Test
  void printsOneDocument() throws IOException {
    Run run = bench("", "train", "--seconds", "0", "--json", "--device", "reference");
    assertThat(run.code).as(run.err).isZero();
    JsonNode document = new ObjectMapper().readTree(run.out);
    assertThat(document.get("device").asText()).isEqualTo("reference");
    assertThat(document.get("peakGflops").isNull()).isTrue();
    assertThat(document.get("workloads")).hasSize(1);
    JsonNode only = document.get("workloads").get(0);
    assertThat(only.get("name").asText()).isEqualTo("train-2-8x2-16");
    assertThat(only.get("task").asText()).isEqualTo("train 2 8 2 selu 16");
    assertThat(only.get("unit").asText()).isEqualTo("steps/s");
    assertThat(only.get("rate").asDouble()).isPositive();
    assertThat(only.get("meanRate").asDouble()).isPositive();
    // A step of 16 samples: forward, weights' gradients, and back to the first hidden layer.
    double operations = 16 * 2 * (2 * (3 * 8 + 8 * 8 + 8 * 2) + 8 * 8 + 8 * 2);
    assertThat(only.get("gflops").asDouble() * 1e9)
        .isBetween(0.999 * operations * rate(only), 1.001 * operations * rate(only));
    assertThat(only.get("percentOfPeak").isNull()).isTrue();
  }

  private static double rate(JsonNode workload) {
    return workload.get("rate").asDouble();
  }

  @Test
  void workloadsAreChosenByHowTheirNamesBegin() {
    List<Workload> all = StandardWorkloads.all();
    assertThat(all.stream().map(Workload::name))
        .doesNotHaveDuplicates()
        .contains("train-784-1024x4-2048", "sample-2-256x4-10000", "loglik-64-512x3-2000");
    assertThat(StandardWorkloads.named(List.of(), all)).isEqualTo(all);
    assertThat(StandardWorkloads.named(List.of("ot-256-2"), all)).containsOnly(all.getLast());
    assertThat(StandardWorkloads.named(List.of("ot", "train-2-"), all).stream().map(Workload::name))
        .containsExactly(
            "train-2-64x3-256",
            "train-2-64x3-2048",
            "train-2-256x4-256",
            "train-2-256x4-2048",
            "ot-256-2");
    assertThatThrownBy(() -> StandardWorkloads.named(List.of(""), all))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void refusesANameThatIsNone() {
    Cli.Result result = Cli.run("bench", "trian");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("there is no workload 'trian'", "did you mean train");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "--json"})
  void aWorkerIsToldByItsInputAlone(String more) {
    Cli.Result result = Cli.run("bench", "--worker", more);
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("--worker takes neither names nor --json");
  }

  @Test
  void aWarmUpIsNeverNegative() {
    assertThatThrownBy(() -> new Warmup(-1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new Warmup(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
