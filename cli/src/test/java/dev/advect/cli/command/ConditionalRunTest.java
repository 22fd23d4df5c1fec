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
import dev.advect.train.FlowModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings with conditions, and what is made under them. */
class ConditionalRunTest {
  private static final String OWN =
      "field: {hidden: [4]}\ntraining: {steps: 3, batch: 4%s}\nsampling: {steps: 2}\n";

  @TempDir private static Path folder;
  private static Path classes;
  private static Path vectors;
  private static Path table;

  @BeforeAll
  static void train() throws IOException {
    classes = out("classes");
    train("moons-classes", classes, "--set", "data.points=50");
    table = out("weather.csv");
    Files.writeString(
        table,
        "temperature,a,pressure,b\n" + "280,0,1000,1\n290,1,1010,0\n300,2,1020,1\n310,3,1030,2\n");
    vectors = out("vectors");
    train(config("vectors", "condition: [temperature, pressure]", ""), vectors);
  }

  private static void train(String config, Path run, String... more) {
    var args = new ArrayList<>(List.of("train", config, "--out", run.toString(), "--quiet"));
    if (!List.of(more).contains("--steps")) {
      args.addAll(List.of("--steps", "3"));
    }
    args.addAll(List.of("--set", "field.hidden=[4]", "--set", "training.batch=4"));
    args.addAll(List.of("--set", "sampling.steps=2"));
    args.addAll(List.of(more));
    Cli.Result result = run(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
  }

  /** A configuration of the table with more keys of data and of training. */
  private static String config(String name, String data, String training) throws IOException {
    Path file = out(name + ".yaml");
    Files.writeString(
        file, "data: {file: '%s', %s}\n".formatted(table, data) + OWN.formatted(training));
    return file.toString();
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

  private static String samples(Path run, String... more) {
    var args = new ArrayList<>(List.of("sample", run.toString(), "-n", "4"));
    args.addAll(List.of(more));
    Cli.Result result = run(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    return result.out();
  }

  @Test
  void theConditionAndItsGuidanceChangeTheSamples() throws IOException {
    String upper = samples(classes, "--condition", "0");
    String lower = samples(classes, "--condition", "1");
    String free = samples(classes);
    assertThat(List.of(upper, lower, free)).doesNotHaveDuplicates();
    assertThat(samples(classes, "--condition", "1", "--guidance", "1")).isEqualTo(lower);
    assertThat(samples(classes, "--condition", "1", "--guidance", "0")).isEqualTo(free);
    assertThat(samples(classes, "--guidance", "0")).isEqualTo(free);
    assertThat(samples(classes, "--condition", "1", "--guidance", "2")).isNotEqualTo(lower);

    Files.writeString(out("each.csv"), "0\n1\n1\n0\n");
    List<String> each =
        samples(classes, "--condition", out("each.csv").toString()).lines().toList();
    assertThat(each.get(0)).isEqualTo(upper.lines().toList().get(0));
    assertThat(each.get(2)).isEqualTo(lower.lines().toList().get(2));
    Npy.write(out("one.npy"), new float[] {1}, 1, 1);
    assertThat(samples(classes, "--condition", out("one.npy").toString())).isEqualTo(lower);

    String file = out("told.csv").toString();
    Cli.Result told =
        run(
            "sample",
            classes.toString(),
            "-n",
            "4",
            "--condition",
            "1",
            "--guidance",
            "2",
            "--out",
            file,
            "--json");
    assertThat(json(told).get("condition").asText()).isEqualTo("1");
    assertThat(json(told).get("guidance").asDouble()).isEqualTo(2);
    assertThat(told.err()).contains("wrote 4 samples under condition 1, guidance 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes | --condition 2 | there is no class 2: the classes of this model are 0 to 1",
        "classes | --condition -1 | there is no class -1",
        "classes | --condition 0.5 | there is no class 0.5",
        "classes | --condition upper | 'upper' is no number, and there is no such file",
        "classes | --condition 0,1 | a condition of this model has 1 number, not 2",
        "classes | --condition no.csv | --condition: no.csv does not exist",
        "classes | --guidance 2 | there is none",
        "classes | --guidance much | must be a finite number, not 'much'",
        "vectors | --condition 1 | a condition of this model has 2 numbers, not 1",
        "vectors | --condition 1,NaN | no finite number",
        "vectors | --condition 1,2 --guidance 2 | was never without one",
        "vectors | --seed 1 | the model needs a condition",
      })
  void mistakesAreTold(String run, String options, String said) {
    var args = new ArrayList<>(List.of("sample", out(run).toString(), "-n", "4"));
    args.addAll(List.of(options.split(" ")));
    Cli.Result result = run(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(said).doesNotContain("\tat ");
  }

  @Test
  void filesOfConditionsMustFit() throws IOException {
    Files.writeString(out("three.csv"), "0\n1\n1\n");
    Files.writeString(out("wide.csv"), "0,1\n1,2\n0,0\n1,1\n");
    Cli.Result three =
        run("sample", classes.toString(), "-n", "4", "--condition", out("three.csv").toString());
    assertThat(three.code()).isEqualTo(ExitCode.USAGE);
    assertThat(three.err()).contains("three.csv holds 3 conditions for 4 rows");
    Cli.Result wide =
        run("sample", classes.toString(), "-n", "4", "--condition", out("wide.csv").toString());
    assertThat(wide.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wide.err()).contains("has 2 columns where a condition of this model has 1");
  }

  @Test
  void columnsAreConditionsAndAreStandardised() {
    FlowModel model = FlowModel.load(vectors.resolve("model.safetensors"));
    assertThat(model.dim()).isEqualTo(2);
    assertThat(model.condition().columns()).isEqualTo(2);
    assertThat(model.conditioning().normalizer().shift()).containsExactly(295, 1015);
    assertThat(samples(vectors, "--condition", "280,1000"))
        .isNotEqualTo(samples(vectors, "--condition", "310,1030"));
  }

  @Test
  void rowsAreScoredUnderTheirOwnConditions() throws IOException {
    String[] own = {"likelihood", vectors.toString()};
    Cli.Result scored = run(own);
    assertThat(scored.code()).as(scored.err()).isEqualTo(ExitCode.DONE);
    assertThat(scored.err()).contains("under their own conditions");
    List<String> rows = scored.out().lines().toList();
    assertThat(rows).hasSize(4);
    // The first row alone, and under a condition that is given.
    Files.writeString(out("rows.csv"), "0,1\n1,0\n2,1\n3,2\n");
    Cli.Result given =
        run(
            "likelihood",
            vectors.toString(),
            out("rows.csv").toString(),
            "--condition",
            "280,1000");
    assertThat(given.out().lines().findFirst()).contains(rows.getFirst());
    assertThat(given.out().lines().toList().getLast()).isNotEqualTo(rows.getLast());
    Cli.Result none = run("likelihood", vectors.toString(), out("rows.csv").toString());
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("the model needs a condition", "2 numbers separated by commas");

    // A copy of the data elsewhere has its conditions in the same columns.
    Files.copy(table, out("copy.csv"));
    assertThat(run("likelihood", vectors.toString(), out("copy.csv").toString()).out())
        .isEqualTo(scored.out());
  }

  @Test
  void pointsOfAGeneratorAreScoredUnderTheirClasses() throws IOException {
    String[] command = {"likelihood", classes.toString(), "-n", "3", "--out"};
    String file = out("scores.csv").toString();
    var args = new ArrayList<>(List.of(command));
    args.addAll(List.of(file, "--json"));
    JsonNode document = json(run(args.toArray(String[]::new)));
    assertThat(document.get("condition").asText()).isEqualTo("own");
    assertThat(document.get("guidance").asDouble()).isEqualTo(1);
    float[] own = Tables.read(Path.of(file)).values();
    args.addAll(List.of("--guidance", "3"));
    JsonNode guided = json(run(args.toArray(String[]::new)));
    assertThat(guided.get("guidance").asDouble()).isEqualTo(3);
    assertThat(Tables.read(Path.of(file)).values()).isNotEqualTo(own);

    // As a table: the same points with a column called label.
    String points = out("points.csv").toString();
    Cli.run("data", "moons", "-n", "53", "--labels", "--out", points);
    Table labelled = Tables.read(Path.of(points));
    assertThat(labelled.names().orElseThrow()).containsExactly("x0", "x1", "label");
    Cli.Result asTable = run("likelihood", classes.toString(), points);
    assertThat(asTable.code()).as(asTable.err()).isEqualTo(ExitCode.DONE);
    assertThat(Float.parseFloat(asTable.out().lines().toList().get(50)))
        .isCloseTo(own[0], within(1e-5f));
    assertThat(Cli.run("data", "gaussian", "-n", "5", "--labels").err())
        .contains("the rows of gaussian have no classes");
  }

  @Test
  void classesMayBeAColumnOrAnotherFile() throws IOException {
    Path column = out("column");
    train(config("column", "condition: {kind: class, columns: b}", ""), column);
    assertThat(FlowModel.load(column.resolve("model.safetensors")).condition())
        .hasToString("Classes[count=3]");
    Files.writeString(out("labels.csv"), "0\n4\n1\n0\n");
    Path elsewhere = out("elsewhere");
    train(
        config(
            "elsewhere",
            "condition: {kind: class, file: '%s'}".formatted(out("labels.csv")),
            ", conditionDropout: 0.5"),
        elsewhere);
    FlowModel model = FlowModel.load(elsewhere.resolve("model.safetensors"));
    assertThat(model.condition()).hasToString("Classes[count=5]");
    assertThat(model.dim()).isEqualTo(4);
    assertThat(model.conditioning().dropout()).isEqualTo(0.5);
    assertThat(run("likelihood", elsewhere.toString()).out().lines()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "condition: [temprature] | has no column temprature | did you mean temperature? The columns"
            + " are temperature, a",
        "condition: [4] | has no column 4 | the columns are 0 to 3",
        "condition: label | has no labels and no column called label | columns: [3]",
        "condition: {kind: class, columns: [a, b]} | must be one column | vector",
        "condition: [a, 1] | name one twice | once",
        "condition: [0, 1, 2, 3] | all 4 columns | leave a column",
        "condition: {kind: class, file: no.csv} | no.csv does not exist | check the path",
        "dequantize: 7 | row 2, column 1 is 290.0, 1.429 steps of 7.0 | distance",
      })
  void mistakesInTheDataAreTold(String data, String said, String hint) throws IOException {
    Cli.Result result = run("train", config("mistake", data, ""), "--out", out("none").toString());
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("data.", said, hint).doesNotContain("\tat ");
    assertThat(Files.exists(out("none"))).isFalse();
  }

  @Test
  void unconditionalRunsAndGeneratorsHaveNoConditions() {
    Path plain = out("plain");
    TinyRun.make(plain, "--steps", "2");
    Cli.Result result = run("sample", plain.toString(), "-n", "1", "--condition", "1");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("is not conditioned on anything");
    Cli.Result swiss =
        run("train", "moons", "--set", "data={name: swissroll, condition: label}", "--dry-run");
    assertThat(swiss.code()).isEqualTo(ExitCode.USAGE);
    assertThat(swiss.err()).contains("swissroll has no classes", "8gaussians, checkerboard");
  }

  @Test
  void aDigitOfAClassIsAPictureAndTheRunSaysSo() throws IOException {
    Path digits = out("digits");
    train("digits-classes", digits);
    String png = out("seven.png").toString();
    assertThat(samples(digits, "--condition", "7", "--guidance", "2", "--out", png)).isEmpty();
    assertThat(ImageIO.read(out("seven.png").toFile()).getWidth()).isEqualTo(2 * 52 + 4);
    assertThat(Files.readString(digits.resolve("report.html")))
        .contains("conditioned on 10 classes");
    assertThat(Files.readString(digits.resolve("config.yaml")))
        .contains("condition: {kind: label}", "conditionDropout: 0.1");
  }

  @Test
  void aFlowTrainedByLikelihoodIsConditionalToo() throws IOException {
    Path flow = out("flow");
    String[] more = {
      "--set",
      "data.points=50",
      "--set",
      "objective={kind: likelihood, steps: 2}",
      "--set",
      "field.activation=tanh"
    };
    train("moons-classes", flow, more);
    assertThat(samples(flow, "--condition", "0")).isNotEqualTo(samples(flow, "--condition", "1"));
    assertThat(run("likelihood", flow.toString(), "-n", "2").err())
        .contains("under their own conditions");
  }

  @Test
  void aConditionalRunResumes() throws IOException {
    Path through = out("through");
    Path stopped = out("stopped");
    train("moons-classes", through, "--set", "data.points=50", "--steps", "6");
    train("moons-classes", stopped, "--set", "data.points=50", "--steps", "4");
    Cli.Result resumed = run("train", "--resume", stopped.toString(), "--steps", "6");
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.DONE);
    FlowModel a = FlowModel.load(through.resolve("model.safetensors"));
    FlowModel b = FlowModel.load(stopped.resolve("model.safetensors"));
    a.weights().forEach((name, w) -> assertThat(b.weights().get(name)).isEqualTo(w));
  }
}
