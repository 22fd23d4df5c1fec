package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.data.Table;
import dev.advect.data.Tables;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One training, and every command that uses it: what is printed, what is written, what it means.
 */
@Execution(ExecutionMode.CONCURRENT)
class ContractTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Cli cli;
  private static Cli.Outcome trained;

  /** In a country with other commas and another dotless i than most programs think of. */
  @BeforeAll
  static void train() {
    cli = Cli.quickIn(folder).with("-Duser.language=tr", "-Duser.country=TR");
    trained =
        cli.done(
            "train",
            "moons",
            "--out",
            "run",
            "--json",
            "--steps",
            "60",
            "--seed",
            "7",
            "--set",
            "field.hidden=[16]",
            "--set",
            "data={name: moons, points: 2000, normalize: standardize}",
            "--set",
            "training.reportEvery=20",
            "--set",
            "sampling.steps=5");
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  private static JsonNode json(String... args) {
    return cli.done(args).json();
  }

  private static SafetensorsFile model() {
    return Safetensors.read(file("run/model.safetensors"));
  }

  @Test
  void aRunDirectoryHoldsTheSevenFiles() throws IOException {
    try (Stream<Path> files = Files.list(file("run"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.yaml",
              "model.safetensors",
              "checkpoint.safetensors",
              "metrics.jsonl",
              "samples.png",
              "loss.png",
              "report.html");
    }
    JsonNode document = trained.json();
    assertThat(document.get("run").asText()).isEqualTo("run");
    assertThat(document.get("step").asInt()).isEqualTo(60);
    assertThat(document.get("finished").asBoolean()).isTrue();
    assertThat(trained.err()).contains("step 20 of 60", "next:").doesNotContain("\r");
    List<String> lines = Files.readAllLines(file("run/metrics.jsonl"));
    assertThat(lines).hasSize(3);
    for (String line : lines) {
      JsonNode report = JSON.readTree(line);
      assertThat(List.of("step", "loss", "samples_per_second", "seconds"))
          .allMatch(key -> report.get(key).asDouble() > 0);
    }
    assertThat(ImageIO.read(file("run/samples.png").toFile()).getWidth()).isPositive();
    assertThat(ImageIO.read(file("run/loss.png").toFile()).getWidth()).isPositive();
    assertThat(Files.readString(file("run/report.html"))).contains("data:image/png;base64,");
  }

  @Test
  void theModelFileSaysWhatItIs() throws IOException {
    SafetensorsFile model = model();
    Map<String, String> metadata = model.metadata();
    assertThat(metadata)
        .containsEntry("convention", "t0=noise,t1=data")
        .containsEntry("parameters", "98")
        .containsEntry("seed", "7")
        .containsEntry("step", "60")
        .containsKeys("format_version", "configuration");
    JsonNode normalizer = JSON.readTree(metadata.get("normalizer"));
    assertThat(normalizer.get("kind").asText()).isEqualTo("standardize");
    assertThat(normalizer.get("shift")).hasSize(2);
    assertThat(normalizer.get("scale")).hasSize(2);
    assertThat(JSON.readTree(metadata.get("configuration")).at("/training/seed").asInt())
        .isEqualTo(7);
    assertThat(model.tensors().keySet())
        .containsExactly(
            "field.layers.0.weight",
            "field.layers.0.bias",
            "field.layers.1.weight",
            "field.layers.1.bias");
    assertThat(model.tensors().get("field.layers.0.weight").shape()).containsExactly(16L, 3L);
    assertThat(model.tensors().get("field.layers.1.weight").shape()).containsExactly(2L, 16L);
  }

  /** float32 against double over five steps: rounding of about 1e-7 a step, values of up to 10. */
  @Test
  void aStrangerWithTheModelFileComputesTheSameTrajectories() throws IOException {
    JsonNode document =
        json("sample", "run", "-n", "40", "--trajectory", "--out", "way.npy", "--json");
    assertThat(document.get("samples").asInt()).isEqualTo(40);
    assertThat(document.get("file").asText()).isEqualTo("way.npy");
    NpyBytes way = NpyBytes.read(file("way.npy"));
    assertThat(way.shape()).containsExactly(6, 40, 2);
    PlainMlp field = PlainMlp.of(model().tensors());
    for (int k = 0; k < 5; k++) {
      for (int sample = 0; sample < 40; sample++) {
        double[] x = modelSpace(way.values(), (k * 40 + sample) * 2);
        double[] next = modelSpace(way.values(), ((k + 1) * 40 + sample) * 2);
        double[] velocity = field.at(x, k / 5.0).velocity();
        assertThat(x[0] + velocity[0] / 5).isCloseTo(next[0], within(1e-5));
        assertThat(x[1] + velocity[1] / 5).isCloseTo(next[1], within(1e-5));
      }
    }
  }

  /** float32 against double over ten steps, log-densities of about -10. */
  @Test
  void aStrangerComputesTheSameLogDensities() throws IOException {
    Cli.Outcome outcome =
        cli.done(
            "likelihood",
            "run",
            "moons",
            "-n",
            "50",
            "--solver",
            "euler",
            "--steps",
            "10",
            "--out",
            "scores.csv",
            "--json");
    JsonNode document = outcome.json();
    assertThat(document.get("rows").asInt()).isEqualTo(50);
    assertThat(document.get("divergence").asText()).isEqualTo("exact");
    cli.done("data", "moons", "--seed", "7", "-n", "2050", "--out", "points.npy");
    NpyBytes points = NpyBytes.read(file("points.npy"));
    Table scores = Tables.read(file("scores.csv"));
    assertThat(scores.rows()).isEqualTo(50);
    PlainMlp field = PlainMlp.of(model().tensors());
    JsonNode scale = normalizer().get("scale");
    double volume = Math.log(scale.get(0).asDouble()) + Math.log(scale.get(1).asDouble());
    double sum = 0;
    for (int row = 0; row < 50; row++) {
      PlainMlp.Noise noise = field.back(modelSpace(points.values(), (2000 + row) * 2), 10);
      double expected = noise.logBase(1) - noise.change() - volume;
      assertThat((double) scores.at(row, 0)).isCloseTo(expected, within(1e-4));
      sum += expected;
    }
    double bits = document.get("bits_per_dimension").asDouble();
    assertThat(bits).isCloseTo(-sum / 50 / 2 / Math.log(2), within(1e-4));
    assertThat(outcome.err()).contains("50 rows", "exact divergence");
  }

  @Test
  void samplesAreTheSameInEveryFormat() throws IOException {
    Cli.Outcome stdout = cli.done("sample", "run", "-n", "30", "--seed", "3", "--quiet");
    cli.done("sample", "run", "-n", "30", "--seed", "3", "--out", "s.npy");
    cli.done("sample", "run", "-n", "30", "--seed", "3", "--out", "s.csv.gz");
    cli.done("sample", "run", "-n", "30", "--seed", "3", "--out", "s.png");
    assertThat(stdout.err()).isEmpty();
    Files.writeString(file("stdout.csv"), stdout.out());
    float[] npy = NpyBytes.read(file("s.npy")).values();
    assertThat(npy).hasSize(60);
    assertThat(Tables.read(file("stdout.csv")).values()).isEqualTo(npy);
    assertThat(Tables.read(file("s.csv.gz")).values()).isEqualTo(npy);
    assertThat(ImageIO.read(file("s.png").toFile()).getWidth()).isPositive();
  }

  @Test
  void inspectTellsAPersonAndAProgram() {
    assertThat(cli.done("inspect", "run").out())
        .contains("hidden: [16]", "field.layers.0.weight", "[16, 3]", "t0=noise,t1=data");
    JsonNode document = json("inspect", "run", "--json");
    assertThat(document.at("/configuration/field/hidden/0").asInt()).isEqualTo(16);
    assertThat(document.at("/model.safetensors/tensors/field.layers.1.bias/shape/0").asInt())
        .isEqualTo(2);
  }

  @Test
  void explainTellsAPersonAndAProgram() {
    Cli.Outcome text = cli.done("explain", "moons");
    assertThat(text.out()).isNotBlank();
    assertThat(json("explain", "run/config.yaml", "--json").get("program").asText())
        .isNotBlank()
        .isNotEqualTo(text.out());
  }

  @Test
  void devicesTellAPersonAndAProgram() {
    assertThat(cli.done("devices").out()).contains("cpu", "ready", "cuda");
    JsonNode devices = json("devices", "--json").get("devices");
    assertThat(devices.findValuesAsText("name")).contains("cpu", "cuda");
    for (JsonNode device : devices) {
      boolean explained = device.get("ready").asBoolean() || !device.path("remedy").isMissingNode();
      assertThat(explained).as(device.toString()).isTrue();
    }
  }

  @Test
  void dataAreListedForAPersonAndAProgram() {
    assertThat(cli.done("data", "--list").out()).contains("moons", "digits", "checkerboard");
    assertThat(json("data", "--list", "--json").get("data").findValuesAsText("name"))
        .contains("moons", "digits", "checkerboard");
  }

  private static JsonNode normalizer() throws IOException {
    return JSON.readTree(model().metadata().get("normalizer"));
  }

  private static double[] modelSpace(float[] values, int at) throws IOException {
    JsonNode normalizer = normalizer();
    double[] x = new double[2];
    for (int d = 0; d < 2; d++) {
      double shift = normalizer.get("shift").get(d).asDouble();
      x[d] = (values[at + d] - shift) / normalizer.get("scale").get(d).asDouble();
    }
    return x;
  }
}
