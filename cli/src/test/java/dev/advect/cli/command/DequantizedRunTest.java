package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.cli.Cli;
import dev.advect.cli.ExitCode;
import dev.advect.data.Normalizer;
import dev.advect.data.Npy;
import dev.advect.likelihood.Dequantization;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.path.Icfm;
import dev.advect.train.Flow;
import dev.advect.train.FlowModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits per dimension of discrete data. */
class DequantizedRunTest {
  private static final int ROWS = 512;

  @TempDir private Path folder;

  private static Cli.Result run(String... args) {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--device", "reference"));
    return Cli.run(all.toArray(String[]::new));
  }

  private JsonNode score(Path model, Path data, String... more) throws IOException {
    var args = new ArrayList<>(List.of("likelihood", model.toString(), data.toString(), "--json"));
    args.addAll(List.of("--out", folder.resolve("scores.npy").toString(), "--steps", "1"));
    args.addAll(List.of(more));
    Cli.Result result = run(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    return new ObjectMapper().readTree(result.out());
  }

  /** A field that is 0 everywhere, so that the data are normal with mean 8 and variance 16^2/12. */
  private static FlowModel normal() {
    var weights = new LinkedHashMap<String, float[]>();
    weights.put("field.layers.0.weight", new float[2]);
    weights.put("field.layers.0.bias", new float[1]);
    float scale = (float) (16 / Math.sqrt(12));
    return new FlowModel(
        Flow.along(new Icfm(0.1), Mlp.of(1, 1, 0, Activation.SELU)),
        weights,
        new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {8}, new float[] {scale}),
        Optional.empty(),
        0,
        0);
  }

  /**
   * Dequantised, levels 0..15 are uniform on [0, 16). The cross-entropy of that uniform with the
   * normal of its mean and variance s^2 = 16^2/12 is (log2(2 pi s^2) + log2 e) / 2 = 4.2546 bits:
   * the 4 bits that sixteen equal levels have, and 0.2546 for taking a normal for a uniform.
   */
  @Test
  void bitsOfUniformLevelsUnderANormalAreThoseOfTheFormula() throws IOException {
    Path model = folder.resolve("model.safetensors");
    normal().with(new Dequantization(1)).save(model, Map.of());
    float[] levels = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      levels[i] = i % 16;
    }
    Path data = folder.resolve("levels.npy");
    Npy.write(data, levels, ROWS, 1);
    double expected = 0.5 * (Math.log(2 * Math.PI * 256 / 12) + 1) / Math.log(2);
    JsonNode document = score(model, data);
    // Every level is there equally often; places in a cell leave 0.2 bits a row, 0.01 in the mean.
    assertThat(document.get("bits_per_dimension").asDouble()).isCloseTo(expected, within(0.03));
    assertThat(document.get("dequantize").asDouble()).isEqualTo(1);
    JsonNode again = score(model, data, "--seed", "1");
    assertThat(again.get("bits_per_dimension").asDouble())
        .isCloseTo(expected, within(0.03))
        .isNotEqualTo(document.get("bits_per_dimension").asDouble());

    // The same for levels 1/16 apart, told on the command line, for a model that knows of none.
    float[] small = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      small[i] = levels[i] / 16;
    }
    Npy.write(data, small, ROWS, 1);
    Path other = folder.resolve("other.safetensors");
    float scale = (float) (1 / Math.sqrt(12));
    normal()
        .withNormalizer(
            new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {0.5f}, new float[] {scale}))
        .save(other, Map.of());
    JsonNode scaled = score(other, data, "--dequantize", "0.0625");
    assertThat(scaled.get("bits_per_dimension").asDouble())
        .isCloseTo(document.get("bits_per_dimension").asDouble(), within(1e-5));
    JsonNode asTheyAre = score(other, data);
    assertThat(asTheyAre.has("dequantize")).isFalse();
    // The density of values between 0 and 1 is about 1, and that has about 0 bits.
    assertThat(asTheyAre.get("bits_per_dimension").asDouble()).isCloseTo(0.26, within(0.03));
  }

  @Test
  void whatIsBetweenLevelsIsRefused() throws IOException {
    Path model = folder.resolve("model.safetensors");
    normal().with(new Dequantization(1)).save(model, Map.of());
    Path data = folder.resolve("points.csv");
    Files.writeString(data, "1\n2\n2.5\n");
    Cli.Result result = run("likelihood", model.toString(), data.toString());
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("row 3, column 1 is 2.5", "--dequantize");
    assertThat(run("likelihood", model.toString(), data.toString(), "--dequantize", "0").code())
        .isEqualTo(ExitCode.DONE);
    assertThat(run("likelihood", model.toString(), data.toString(), "--dequantize", "-1").code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aRunOfDiscreteDataReportsAnUpperBound() {
    Path digits = folder.resolve("digits");
    Cli.Result trained =
        run(
            "train",
            "digits",
            "--out",
            digits.toString(),
            "--steps",
            "2",
            "--set",
            "data.dequantize=1",
            "--set",
            "field.hidden=[4]",
            "--set",
            "training.batch=4",
            "--set",
            "sampling={solver: midpoint, steps: 1}");
    assertThat(trained.code()).as(trained.err()).isEqualTo(ExitCode.DONE);
    FlowModel model = FlowModel.load(digits.resolve("model.safetensors"));
    assertThat(model.dequantization()).contains(new Dequantization(1));
    Cli.Result scored =
        run("likelihood", digits.toString(), "-n", "2", "--divergence", "hutchinson");
    assertThat(scored.code()).as(scored.err()).isEqualTo(ExitCode.DONE);
    assertThat(scored.err())
        .contains("bits per dimension of the discrete data, levels 1 apart: an upper bound");
  }
}
