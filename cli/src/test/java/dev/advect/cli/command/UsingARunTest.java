package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.cli.Cli;
import dev.advect.cli.ExitCode;
import dev.advect.data.Npy;
import dev.advect.data.Table;
import dev.advect.data.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that use what a training made. */
class UsingARunTest {
  @TempDir private static Path folder;
  private static Path moons;
  private static Path digits;

  @BeforeAll
  static void train() {
    moons = folder.resolve("moons");
    TinyRun.make(moons, "--steps", "4");
    digits = folder.resolve("digits");
    Cli.Result result =
        run(
            "train",
            "digits",
            "--out",
            digits.toString(),
            "--steps",
            "2",
            "--set",
            "field.hidden=[4]",
            "--set",
            "training.batch=4",
            "--set",
            "sampling={solver: midpoint, steps: 1}");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
  }

  private static Cli.Result run(String... args) {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--device", "reference"));
    return Cli.run(all.toArray(String[]::new));
  }

  private static Path out(String name) {
    return folder.resolve(name);
  }

  private static JsonNode json(Cli.Result result) throws IOException {
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    return new ObjectMapper().readTree(result.out());
  }

  @Test
  void samplesGoToStdoutAsCsv() {
    Cli.Result result = run("sample", moons.toString(), "-n", "3");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(result.out().lines()).hasSize(3).allMatch(line -> line.split(",").length == 2);
    assertThat(result.err()).contains("wrote 3 samples (2 euler steps, seed 0)");
    assertThat(run("sample", moons.toString(), "-n", "3", "--out", "-", "--quiet"))
        .isEqualTo(new Cli.Result(ExitCode.DONE, result.out(), ""));
  }

  @Test
  void aSampleDependsOnTheSeedAndNotOnHowManyAreDrawn() {
    run("sample", moons.toString(), "-n", "2", "--out", out("two.csv").toString());
    run("sample", moons.toString(), "-n", "9", "--out", out("nine.npy").toString());
    run("sample", moons.toString(), "-n", "2", "--seed", "1", "--out", out("s1.npy").toString());
    Table two = Tables.read(out("two.csv"));
    Table nine = Tables.read(out("nine.npy"));
    assertThat(two.values()).isEqualTo(nine.head(2).values());
    assertThat(Tables.read(out("s1.npy")).values()).isNotEqualTo(two.values());
  }

  @Test
  void trajectoriesEndInTheSamples() throws IOException {
    String npy = out("way.npy").toString();
    run("sample", moons.toString(), "-n", "5", "--steps", "3", "--trajectory", "--out", npy);
    String header = new String(Files.readAllBytes(out("way.npy")), StandardCharsets.ISO_8859_1);
    assertThat(header).contains("(4, 5, 2)");
    run("sample", moons.toString(), "-n", "5", "--steps", "3", "--out", out("end.csv").toString());
    String csv = out("way.csv").toString();
    run("sample", moons.toString(), "-n", "5", "--steps", "3", "--trajectory", "--out", csv);
    Table way = Tables.read(out("way.csv"));
    Table end = Tables.read(out("end.csv"));
    assertThat(way.names().orElseThrow()).containsExactly("step", "sample", "x0", "x1");
    assertThat(way.rows()).isEqualTo(20);
    assertThat(way.at(15, 0)).isEqualTo(3);
    for (int i = 0; i < 5; i++) {
      assertThat(way.at(15 + i, 2)).isCloseTo(end.at(i, 0), within(1e-5f));
      assertThat(way.at(15 + i, 3)).isCloseTo(end.at(i, 1), within(1e-5f));
    }
  }

  @Test
  void theStochasticWayIsAnotherWay() throws IOException {
    String[] sample = {"sample", moons.toString(), "-n", "4", "--steps", "3"};
    Cli.Result ordinary = run(sample);
    var sde = new ArrayList<>(List.of(sample));
    sde.addAll(List.of("--sde", "0.5"));
    Cli.Result stochastic = run(sde.toArray(String[]::new));
    assertThat(stochastic.err()).contains("3 euler-maruyama steps with noise 0.5");
    assertThat(stochastic.out().lines()).hasSize(4);
    assertThat(stochastic.out()).isNotEqualTo(ordinary.out());
    assertThat(run(sde.toArray(String[]::new)).out()).isEqualTo(stochastic.out());
    sde.addAll(List.of("--trajectory", "--out", out("sde.csv").toString()));
    assertThat(run(sde.toArray(String[]::new)).code()).isEqualTo(ExitCode.DONE);
    assertThat(Tables.read(out("sde.csv")).rows()).isEqualTo(16);
    JsonNode document =
        json(
            run(
                "sample",
                digits.toString(),
                "-n",
                "1",
                "--sde",
                "1",
                "--steps",
                "2",
                "--json",
                "--out",
                out("sde.npy").toString()));
    assertThat(document.get("sde").asDouble()).isEqualTo(1);
    assertThat(document.get("steps").asInt()).isEqualTo(2);
    for (String[] wrong :
        new String[][] {
          {"--sde", "0"},
          {"--sde", "-1"},
          {"--sde", "x"},
          {"--sde", "1", "--solver", "rk4"},
          {"--sde", "1", "--with-likelihood"},
          {"--schedule", "linear"}
        }) {
      var command = new ArrayList<>(List.of("sample", moons.toString(), "-n", "1"));
      command.addAll(List.of(wrong));
      assertThat(run(command.toArray(String[]::new)).code())
          .as(command.toString())
          .isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void anotherScheduleIsAnotherGridOfTheSameModel() {
    String run = moons.toString();
    for (String kind : List.of("ot", "icfm", "cosine", "vp", "ve")) {
      Cli.Result result = run("sample", run, "-n", "2", "--steps", "2", "--schedule", kind);
      assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
      assertThat(result.out()).doesNotContainIgnoringCase("nan");
      assertThat(run("likelihood", run, "-n", "2", "--steps", "2", "--schedule", kind).code())
          .isEqualTo(ExitCode.DONE);
    }
  }

  @Test
  void samplesWithLikelihoodAreTheSameSamples() {
    String scored = out("scored.csv").toString();
    run("sample", moons.toString(), "-n", "4", "--with-likelihood", "--out", scored);
    run("sample", moons.toString(), "-n", "4", "--out", out("plain.csv").toString());
    Table with = Tables.read(out("scored.csv"));
    Table plain = Tables.read(out("plain.csv"));
    assertThat(with.names().orElseThrow()).containsExactly("x0", "x1", "log_density");
    for (int i = 0; i < 4; i++) {
      assertThat(with.at(i, 0)).isCloseTo(plain.at(i, 0), within(1e-5f));
      assertThat(with.at(i, 2)).isNegative();
    }
  }

  @Test
  void anAdaptiveSolverReportsItsSteps() throws IOException {
    String[] dopri5 = {"--solver", "dopri5", "--rtol", "1e-4", "--json", "--print-times"};
    Cli.Result result =
        run(with(dopri5, "sample", moons.toString(), "-n", "6", "--out", out("d.csv").toString()));
    JsonNode document = json(result);
    assertThat(document.get("solver").asText()).isEqualTo("dopri5");
    assertThat(document.has("steps")).isFalse();
    assertThat(document.get("rtol").asDouble()).isEqualTo(1e-4);
    int steps = document.at("/accepted_steps/max").asInt();
    assertThat(steps).isBetween(2, 200);
    assertThat(document.at("/evaluations/max").asInt()).isGreaterThanOrEqualTo(2 + 6 * steps);
    assertThat(document.get("largest_error_norm").asDouble()).isBetween(0.0, 1.0);
    assertThat(result.err())
        .contains("{\"times\": [0.0, ", " 1.0]}", "6 samples (dopri5 with rtol");

    JsonNode scored = json(run(with(dopri5, "likelihood", moons.toString(), "-n", "3")));
    assertThat(scored.get("solver").asText()).isEqualTo("dopri5");
    assertThat(scored.get("field_evaluations").asDouble()).isGreaterThan(8);
    JsonNode equal = json(run("likelihood", moons.toString(), "-n", "3", "--json"));
    assertThat(equal.get("field_evaluations").asInt()).isEqualTo(2);
  }

  @Test
  void eulersSamplerIsScoredExactly() throws IOException {
    String[] exact = {"--divergence", "discrete-exact", "--steps", "8"};
    String scored = out("exact.csv").toString();
    String model = moons.toString();
    assertThat(
            run(with(exact, "sample", model, "-n", "6", "--with-likelihood", "--out", scored))
                .code())
        .isEqualTo(ExitCode.DONE);
    Table drawn = Tables.read(out("exact.csv"));
    String[] lines = new String[6];
    for (int i = 0; i < 6; i++) {
      lines[i] = drawn.at(i, 0) + "," + drawn.at(i, 1);
    }
    Files.writeString(out("rows.csv"), String.join("\n", lines) + "\n");
    Cli.Result result = run(with(exact, "likelihood", model, out("rows.csv").toString()));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(result.err()).contains("discrete-exact, 8 euler steps");
    List<String> scores = result.out().lines().toList();
    for (int i = 0; i < 6; i++) {
      assertThat(Float.parseFloat(scores.get(i))).isCloseTo(drawn.at(i, 2), within(1e-4f));
    }
    JsonNode document = json(run(with(exact, "likelihood", model, "-n", "2", "--json")));
    assertThat(document.get("divergence").asText()).isEqualTo("discrete-exact");
    assertThat(document.get("field_evaluations").asDouble()).isGreaterThanOrEqualTo(8);
    Cli.Result heun = run(with(exact, "likelihood", model, "--solver", "heun"));
    assertThat(heun.code()).isEqualTo(ExitCode.USAGE);
    assertThat(heun.err()).contains("discrete-exact is of Euler steps, not of heun");
  }

  @Test
  void statesAreKeptAtTheTimesAskedFor() throws IOException {
    String[] at = {"--times", "0,0.3,1", "-n", "5", "--steps", "3", "--print-times", "--out"};
    Cli.Result result = run(with(at, "sample", moons.toString()), out("at.npy").toString());
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(result.err()).contains("{\"times\": [0.0, 0.3, ", "4 evaluations");
    String header = new String(Files.readAllBytes(out("at.npy")), StandardCharsets.ISO_8859_1);
    assertThat(header).contains("(3, 5, 2)");
    for (String solver : new String[] {"rk4", "dopri5"}) {
      String[] more = with(at, "sample", moons.toString(), "--solver", solver);
      String[] args =
          solver.equals("rk4")
              ? more
              : Stream.of(more)
                  .filter(a -> !a.equals("--steps") && !a.equals("3"))
                  .toArray(String[]::new);
      assertThat(run(args, out("at.csv").toString()).code()).isEqualTo(ExitCode.DONE);
      Table way = Tables.read(out("at.csv"));
      assertThat(way.names().orElseThrow()).containsExactly("time", "sample", "x0", "x1");
      assertThat(way.rows()).isEqualTo(15);
      assertThat(way.at(7, 0)).isEqualTo(0.3f);
      assertThat(way.at(7, 1)).isEqualTo(2);
    }
    assertUsage("the time 1.5 is not in [0, 1]", "--times", "0,1.5");
    assertUsage("the time 0.25 comes after 0.5", "--times", "0.5,0.25");
    assertUsage("the time 0.5 is there twice", "--times", "0.5,0.5,1");
    assertUsage("not 'x'", "--times", "0,x");
    assertUsage("do not go together", "--times", "0,1", "--trajectory");
  }

  private static Cli.Result run(String[] args, String last) {
    return run(with(new String[] {last}, args));
  }

  @Test
  void aSolveThatFailsNamesTheSampleAndTheTime() {
    Cli.Result result =
        run("sample", moons.toString(), "-n", "4", "--solver", "dopri5", "--max-steps", "2");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("dopri5 with rtol 1.0E-5", "2 steps of sample 0 at t = 0.", "--max-steps");
    assertUsage("does not apply to the solver dopri5", "--solver", "dopri5", "--steps", "5");
    assertUsage("does not apply to the solver euler", "--rtol", "1e-5");
    assertUsage("rounding to float32", "--solver", "dopri5", "--rtol", "1e-12", "--atol", "1e-12");
    assertUsage("it must be a number of at least 0", "--solver", "dopri5", "--rtol", "tight");
    assertUsage("--min-step", "--solver", "dopri5", "--min-step", "1e-9");
    assertUsage("--times", "--solver", "dopri5", "--trajectory");
  }

  private static void assertUsage(String message, String... options) {
    Cli.Result result = run(with(options, "sample", moons.toString(), "-n", "2"));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(message).doesNotContain("\tat ");
  }

  private static String[] with(String[] options, String... command) {
    return Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new);
  }

  @Test
  void imagesBecomeAGridAndPointsACloud() throws IOException {
    run("sample", digits.toString(), "-n", "4", "--out", out("grid.png").toString());
    assertThat(ImageIO.read(out("grid.png").toFile()).getWidth()).isEqualTo(2 * (48 + 4) + 4);
    run("sample", moons.toString(), "-n", "4", "--out", out("cloud.png").toString());
    assertThat(ImageIO.read(out("cloud.png").toFile()).getWidth()).isEqualTo(520);
  }

  @Test
  void theTestRowsAreScoredUnlessToldOtherwise() throws IOException {
    JsonNode document =
        json(
            run(
                "likelihood",
                digits.toString(),
                "-n",
                "3",
                "--divergence",
                "hutchinson",
                "--probes",
                "2",
                "--json"));
    assertThat(document.get("data").asText()).isEqualTo("3 rows of the test part of digits");
    assertThat(document.get("rows").asInt()).isEqualTo(3);
    assertThat(document.get("solver").asText()).isEqualTo("midpoint");
    assertThat(document.get("mean_probe_standard_error_nats").asDouble()).isPositive();
    double nats = document.get("mean_nll_nats").asDouble();
    assertThat(document.get("bits_per_dimension").asDouble())
        .isCloseTo(nats / 64 / Math.log(2), within(1e-9));

    String scores = out("scores.csv").toString();
    assertThat(
            Cli.run(
                    "data",
                    "digits",
                    "--split",
                    "test",
                    "-n",
                    "3",
                    "--out",
                    out("test.npy").toString())
                .code())
        .isEqualTo(ExitCode.DONE);
    Cli.Result file =
        run(
            "likelihood",
            digits.toString(),
            out("test.npy").toString(),
            "--divergence",
            "hutchinson",
            "--probes",
            "2",
            "--out",
            scores);
    assertThat(file.code()).as(file.err()).isEqualTo(ExitCode.DONE);
    Table table = Tables.read(Path.of(scores));
    double sum = 0;
    for (float value : table.values()) {
      sum -= value;
    }
    assertThat(table.columns()).isEqualTo(1);
    assertThat(sum / 3).isCloseTo(nats, within(1e-3));
  }

  @Test
  void aGeneratorIsScoredOnNewPoints() {
    Cli.Result result = run("likelihood", moons.toString(), "moons", "-n", "5");
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    assertThat(result.err())
        .contains("5 new points of moons: 50 to 54 of seed 0", "exact divergence", "bits");
    assertThat(result.out().lines()).hasSize(5).allMatch(line -> Float.parseFloat(line) < 0);
  }

  @Test
  void evaluatePrintsTheDistancesBesideTheirFloor() throws IOException {
    JsonNode made =
        json(run("evaluate", moons.toString(), "-n", "20", "--draws", "2", "--json", "--quiet"));
    assertThat(made.get("data").asText()).isEqualTo("moons");
    assertThat(made.get("data_description").asText()).contains("as in torchcfm");
    assertThat(made.get("reference").asText()).contains("2 sets of 20 points, from number 50 of");
    for (String key : List.of("w2", "w2_floor", "sliced_w2", "path_energy", "npe", "nll_nats")) {
      assertThat(made.get(key).asDouble()).as(key).isPositive();
    }
    assertThat(made.get("w2").asDouble()).isGreaterThan(made.get("sliced_w2").asDouble());
    assertThat(made.get("oracle_nll_nats").isNull()).isTrue();
    assertThat(made.get("nll_rows").asInt()).isEqualTo(40);
    Cli.Result text = run("evaluate", moons.toString(), "-n", "20", "--draws", "2", "--quiet");
    assertThat(text.out()).startsWith("moons: two half circles");
    assertThat(text.out())
        .contains("W2, exact", "W2, sliced", "MMD^2", "path energy", "NPE", "NLL, nats", " +- ")
        .contains("2 sets of samples, 2 euler steps, seed 0");
    assertThat(run("evaluate", moons.toString(), "-n", "20", "--draws", "2", "--quiet"))
        .isEqualTo(text);
  }

  @Test
  void evaluateKnowsTheLawOfAGenerator() throws IOException {
    JsonNode made =
        json(run("evaluate", moons.toString(), "--data", "circles", "-n", "50", "--json"));
    double excess = made.get("nll_nats").asDouble() - made.get("oracle_nll_nats").asDouble();
    assertThat(made.get("excess_nll_nats").asDouble()).isCloseTo(excess, within(1e-9)).isPositive();
    // The entropy is 3.268 nats; 250 points know it to about 0.05.
    assertThat(made.get("oracle_nll_nats").asDouble()).isCloseTo(3.268, within(0.2));
  }

  @Test
  void evaluateComparesFiniteDataWithTheirTestRows() throws IOException {
    JsonNode made =
        json(run("evaluate", digits.toString(), "-n", "10", "--draws", "3", "--json", "--quiet"));
    assertThat(made.get("reference").asText()).isEqualTo("10 rows of the test part");
    assertThat(made.get("w2_floor").asDouble()).isPositive().isLessThan(made.get("w2").asDouble());
    assertThat(made.get("npe").isNull()).isTrue(); // 64 dimensions are too many
    Path points = out("few.csv");
    Files.writeString(points, "1,2\n3,4\n5,6\n7,8\n");
    JsonNode few =
        json(run("evaluate", moons.toString(), "--data", points.toString(), "--json", "--quiet"));
    assertThat(few.get("rows").asInt()).isEqualTo(2);
    assertThat(few.get("reference").asText()).isEqualTo("5 random sets of 2 of the 4 rows");
    JsonNode all =
        json(
            run(
                "evaluate",
                moons.toString(),
                "--data",
                points.toString(),
                "-n",
                "4",
                "--draws",
                "1",
                "--json"));
    assertThat(all.get("w2_floor").isNull()).isTrue();
    assertThat(all.get("w2_standard_error").isNull()).isTrue();
  }

  @Test
  void evaluateRefusesWhatItCannotCompare() throws IOException {
    Path wide = out("wider.csv");
    Files.writeString(wide, "1,2,3\n4,5,6\n7,8,9\n1,1,1\n");
    Cli.Result columns = run("evaluate", moons.toString(), "--data", wide.toString());
    assertThat(columns.code()).isEqualTo(ExitCode.FAILED);
    assertThat(columns.err()).contains("has 3 columns where the model has 2");
    Cli.Result none = run("evaluate", moons.toString(), "--data", "mons");
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("there is no built-in data set 'mons'", "did you mean moons");
    Cli.Result many = run("evaluate", moons.toString(), "-n", "20001");
    assertThat(many.code()).isEqualTo(ExitCode.USAGE);
    assertThat(many.err()).contains("sets of 2 to 20,000 rows can be compared");
    Cli.Result more = run("evaluate", digits.toString(), "-n", "448");
    assertThat(more.code()).isEqualTo(ExitCode.USAGE);
    assertThat(more.err()).contains("-n 448 is more than the 447 rows there are");
    assertThat(run("evaluate", moons.toString(), "--draws", "0").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("evaluate", out("nothing").toString()).code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void rowsOfAnotherWidthAreRefusedWithNumbers() throws IOException {
    Path wide = out("wide.csv");
    Files.writeString(wide, "1,2,3\n4,5,6\n");
    Cli.Result result = run("likelihood", moons.toString(), wide.toString());
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("has 3 columns where the model has 2", "cut -d, -f1-2");
    Cli.Result split = run("likelihood", moons.toString(), wide.toString(), "--split", "test");
    assertThat(split.code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void inspectShowsARunAndAFile() throws IOException {
    Cli.Result text = Cli.run("inspect", moons.toString());
    assertThat(text.code()).isEqualTo(ExitCode.DONE);
    assertThat(text.out())
        .contains("hidden: [4]", "field.layers.0.weight", "F32", "[4, 3]", "optimizer.m.");
    JsonNode file =
        json(Cli.run("inspect", moons.resolve("model.safetensors").toString(), "--json"));
    assertThat(file.at("/metadata/convention").asText()).isEqualTo("t0=noise,t1=data");
    assertThat(file.at("/tensors/field.layers.0.weight/shape/0").asInt()).isEqualTo(4);
    assertThat(file.at("/tensors/field.layers.0.weight/std").asDouble()).isPositive();
    assertThat(json(Cli.run("inspect", moons.toString(), "--json")).at("/last_report/step").asInt())
        .isEqualTo(4);
  }

  @Test
  void aBrokenModelIsAFailureAndNoStackTrace() throws IOException {
    Path broken = out("broken.safetensors");
    Files.write(broken, new byte[] {1, 2, 3});
    Cli.Result result = run("sample", broken.toString(), "-n", "1");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).startsWith("error: " + broken).doesNotContain("\tat ");
    Path empty = Files.createDirectories(out("empty"));
    assertThat(run("sample", empty.toString(), "-n", "1").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void explainPrintsTheProgramOrTheGraph() {
    Cli.Result graph = run("explain", "moons", "--graph");
    assertThat(graph.code()).as(graph.err()).isEqualTo(ExitCode.DONE);
    assertThat(graph.out()).startsWith("graph training step");
    Cli.Result program = run("explain", "moons", "--set", "field.hidden=[4]");
    assertThat(program.code()).as(program.err()).isEqualTo(ExitCode.DONE);
    assertThat(program.out()).isNotBlank();
  }

  @Test
  void dataAreWrittenAndListed() throws IOException {
    assertThat(Cli.run("data", "moons", "-n", "4", "--seed", "3").out().lines()).hasSize(4);
    assertThat(Cli.run("data", "digits", "--out", out("digits.csv.gz").toString()).code())
        .isEqualTo(ExitCode.DONE);
    assertThat(Tables.read(out("digits.csv.gz")).rows()).isEqualTo(1797);
    Cli.run("data", "digits", "-n", "9", "--out", out("digits.png").toString());
    assertThat(ImageIO.read(out("digits.png").toFile()).getHeight()).isEqualTo(3 * 52 + 4);
    assertThat(Cli.run("data", "--list").out()).contains("moons", "digits");
    assertThat(json(Cli.run("data", "--list", "--json")).get("data").size()).isGreaterThan(5);
  }

  @Test
  void devicesAreReadyOrSayWhatIsMissing() throws IOException {
    JsonNode devices = json(Cli.run("devices", "--json")).get("devices");
    assertThat(devices.findValuesAsText("name")).contains("cpu", "reference");
    for (JsonNode device : devices) {
      assertThat(device.has("description") || device.has("remedy")).isTrue();
    }
    assertThat(Cli.run("devices").out()).contains("cpu", "ready");
  }

  @Test
  void anotherPersonsTableCanBeLearnt() throws IOException {
    Path points = out("points.npy");
    Npy.write(points, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3);
    Path config = out("own.yaml");
    Files.writeString(
        config,
        "data: {file: '%s', normalize: standardize, split: {train: 2, test: rest}}\n"
                .formatted(points)
            + "field: {hidden: [3]}\ntraining: {steps: 2, batch: 2}\nsampling: {steps: 2}\n");
    Path own = out("own");
    Cli.Result trained = run("train", config.toString(), "--out", own.toString());
    assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
    Cli.Result scored = run("likelihood", own.toString());
    assertThat(scored.err()).contains("1 rows of the test part of " + points);
    assertThat(run("likelihood", own.toString(), points.toString(), "--split", "all").out().lines())
        .hasSize(3);
    assertThat(run("sample", own.toString(), "-n", "2", "--out", out("own.png").toString()).code())
        .isEqualTo(ExitCode.USAGE);
  }
}
