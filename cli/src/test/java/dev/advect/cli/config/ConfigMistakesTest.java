package dev.advect.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.advect.cli.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is told with its key, its place and what would be right. */
class ConfigMistakesTest {
  private static final String MOONS = "data: {name: moons}\n";

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("", "f.yaml holds nothing where a configuration is expected"),
        Arguments.of("[1, 2]", "f.yaml holds a list where a configuration is expected"),
        Arguments.of("field: {}\n", "f.yaml line 1: data has neither a name nor a file"),
        Arguments.of("data: moons\n", "f.yaml line 1: data must be a group of keys, not 'moons'"),
        Arguments.of("data: {name: moons, file: x}\n", "data has both a name and a file"),
        Arguments.of("data: {name: [moons]}\n", "data.name must be a text, not a list"),
        Arguments.of("data: {name: }\n", "data.name must be a text, not nothing"),
        Arguments.of("data: {name: moons, points: 0}\n", "data.points must be a whole number"),
        Arguments.of(
            "data: {name: x, normalize: minmax}\n",
            "data.normalize must be one of none, standardize, range, not 'minmax'"),
        Arguments.of(
            "data:\n  name: x\n  split:\n    train: 0\n",
            "f.yaml line 4: data.split.train must be rest or a whole number of at least 1"),
        Arguments.of("data: {name: x, split: {train: -1}}\n", "data.split.train must be"),
        Arguments.of("data: {name: x, split: {train: rest, test: rest}}\n", "data.split is wrong"),
        Arguments.of(
            "data: {name: x, condition: species}\n",
            "data.condition.kind must be one of label, class, vector, not 'species'"),
        Arguments.of(
            "data: {name: x, condition: []}\n", "data.condition.columns must name a column"),
        Arguments.of(
            "data: {name: x, condition: [a, a]}\n",
            "data.condition.columns must not name a column twice: a, a"),
        Arguments.of(
            "data:\n  name: x\n  condition: {kind: class, columns: [a, b]}\n",
            "f.yaml line 3: data.condition.columns must be one column for the kind class, not 2"),
        Arguments.of(
            "data: {name: x, condition: {kind: label, columns: [a]}}\n",
            "data.condition.columns belongs to the kinds class and vector"),
        Arguments.of("data: {name: x, condition: {kind: class}}\n", "must name a column at least"),
        Arguments.of("data: {name: x, condition: [[a]]}\n", "columns[0] must be a text"),
        Arguments.of("data: {name: x, dequantize: 0}\n", "must be a number above 0, not 0"),
        Arguments.of(
            MOONS + "training:\n  conditionDropout: 0.1\n",
            "f.yaml line 3: training.conditionDropout leaves out conditions, and there are none"),
        Arguments.of(
            "data: {name: x, condition: label}\ntraining: {conditionDropout: 1}\n",
            "training.conditionDropout must be a number of at least 0 and below 1, not 1"),
        Arguments.of(MOONS + "feild: {}\n", "f.yaml line 2: unknown key feild"),
        Arguments.of(MOONS + "field:\n  hiden: [4]\n", "f.yaml line 3: unknown key field.hiden"),
        Arguments.of(
            MOONS + "field: {hidden: [64, -64]}\n",
            "f.yaml line 2: field.hidden[1] must be a whole number of at least 1, not -64"),
        Arguments.of(
            MOONS + "field: {hidden: [64, x]}\n",
            "field.hidden[1] must be a whole number, not 'x'"),
        Arguments.of(MOONS + "field: {hidden: 64}\n", "field.hidden must be a list of whole"),
        Arguments.of(MOONS + "field: {hidden: [1.5]}\n", "not '1.5'"),
        Arguments.of(
            MOONS + "field: {hidden: [1e999999999]}\n", "field.hidden[0] must be a whole number"),
        Arguments.of(MOONS + "field: {activation: rleu}\n", "field.activation must be one of"),
        Arguments.of(MOONS + "path: {sigma: -0.1}\n", "path.sigma must be a number of at least 0"),
        Arguments.of(MOONS + "path: {sigma: .nan}\n", "path.sigma must be a number, not '.nan'"),
        Arguments.of(MOONS + "path: {kind: ot, sigma: 1}\n", "path.sigma must be"),
        Arguments.of(MOONS + "path: {kind: vpp}\n", "path.kind must be one of icfm, ot, cosine"),
        Arguments.of(
            MOONS + "path:\n  kind: vp\n  sigma: 1\n", "f.yaml line 4: unknown key path.sigma"),
        Arguments.of(MOONS + "path: {betaMin: 1}\n", "unknown key path.betaMin"),
        Arguments.of(
            MOONS + "path: {kind: vp, betaMin: 3, betaMax: 2}\n",
            "path.betaMax must be at least betaMin, 3, not 2"),
        Arguments.of(
            MOONS + "path: {kind: ve, sigmaMin: 0}\n", "path.sigmaMin must be a number above 0"),
        Arguments.of(
            MOONS + "path: {kind: ve, sigmaMax: 0.001}\n", "path.sigmaMax must be at least sigma"),
        Arguments.of(MOONS + "path: {kind: sb, sigma: 0}\n", "path.sigma must be a number above 0"),
        Arguments.of(
            MOONS + "path: {kind: custom, mean: t*x1}\n", "path has no formula for the std"),
        Arguments.of(
            MOONS + "path: {custom: {std: 1-t}}\n", "path.custom has no formula for the mean"),
        Arguments.of(MOONS + "path: {custom: t*x1}\n", "path.custom must be a group of keys"),
        Arguments.of(
            MOONS + "path: {custom: {mean: t*x1, std: 1-t, sigma: 2}}\n",
            "unknown key path.custom.sigma"),
        Arguments.of(
            MOONS + "path: {sigma: 2, custom: {mean: t*x1, std: 1-t}}\n", "unknown key path.sigma"),
        Arguments.of(
            MOONS + "path: {kind: vp, custom: {mean: t*x1, std: 1-t}}\n",
            "path.kind is vp, but path.custom gives formulas"),
        Arguments.of(
            MOONS + "path:\n  kind: custom\n  mean: 2t*x1\n  std: 1-t\n",
            "f.yaml line 4: path.mean '2t*x1' cannot be read at character 2: a product needs"),
        Arguments.of(
            MOONS + "path:\n  custom:\n    mean: t*x1\n    std: '(1-t'\n",
            "f.yaml line 5: path.custom.std '(1-t' cannot be read at character 5: the '('"),
        Arguments.of(MOONS + "path: {kind: custom, mean: t*x1, std: ''}\n", "path.std is empty"),
        Arguments.of(
            MOONS + "path: {kind: custom, mean: t*x1, std: 0.5-t}\n",
            "path.std '0.5-t' is -0.001953125 at t = 0.501953125"),
        Arguments.of(
            MOONS + "path: {kind: custom, mean: [t*x1], std: 1-t}\n",
            "path.mean must be a formula in quotes, not a list"),
        Arguments.of(
            MOONS + "coupling: exact\n",
            "coupling.kind must be one of independent, exact-ot, sinkhorn, not 'exact'"),
        Arguments.of(
            MOONS + "path: {kind: vp}\ncoupling: exact-ot\n",
            "f.yaml line 3: coupling.kind exact-ot pairs source points, and path vp draws noise"),
        Arguments.of(
            MOONS + "path: {kind: custom, mean: t*x1, std: 1-t}\ncoupling: sinkhorn\n",
            "f.yaml line 3: coupling.kind sinkhorn pairs source points, and path custom draws"),
        Arguments.of(
            MOONS + "path: {sigma: 0}\ncoupling: sinkhorn\n",
            "f.yaml line 3: coupling sinkhorn has no epsilon, and path has no sigma above 0"),
        Arguments.of(
            MOONS + "coupling: {kind: sinkhorn, epsilon: 0}\n",
            "coupling.epsilon must be a number above 0, not 0"),
        Arguments.of(
            MOONS + "coupling:\n  kind: exact-ot\n  epsilon: 1\n",
            "f.yaml line 4: unknown key coupling.epsilon"),
        Arguments.of(MOONS + "coupling: {resample: true}\n", "unknown key coupling.resample"),
        Arguments.of(
            MOONS + "coupling: {kind: exact-ot, resample: yes}\n",
            "coupling.resample must be true or false, not 'yes'"),
        Arguments.of(
            MOONS + "coupling: {kind: exact-ot, conditionWeight: -1}\n",
            "coupling.conditionWeight must be a number of at least 0, not -1"),
        Arguments.of(
            MOONS + "coupling: exact-ot\ntraining:\n  batch: 5000\n",
            "f.yaml line 4: training.batch must be at most 4096 with coupling exact-ot, which"
                + " weighs all 25,000,000 pairs of 5000"),
        Arguments.of(
            MOONS + "objective: likelyhood\n", "objective.kind must be one of flow-matching, like"),
        Arguments.of(
            MOONS + "objective: {steps: 4}\n", "f.yaml line 2: unknown key objective.steps"),
        Arguments.of(
            MOONS + "objective: {kind: likelihood, divergence: exact, probes: 4}\n",
            "f.yaml line 2: unknown key objective.probes"),
        Arguments.of(
            MOONS + "objective: {kind: likelihood, steps: 0}\n",
            "objective.steps must be a whole number of at least 1, not 0"),
        Arguments.of(
            MOONS + "objective: {kind: likelihood, kinetic: -1}\n",
            "objective.kinetic must be a number of at least 0, not -1"),
        Arguments.of(
            MOONS + "objective: likelihood\nfield: {activation: relu}\n",
            "f.yaml line 3: field has the activation relu, whose second derivative is 0"),
        Arguments.of(MOONS + "optimizer: {learningRate: 0}\n", "must be a number above 0, not 0"),
        Arguments.of(MOONS + "training: {steps: 0}\n", "training.steps must be a whole number"),
        Arguments.of(MOONS + "training: {steps: 1e9}\n", "training.steps must be"),
        Arguments.of(MOONS + "training: {ema: 1}\n", "at least 0 and below 1, not 1"),
        Arguments.of(
            MOONS + "field: {predict: eps}\n", "field.predict must be one of velocity, x1"),
        Arguments.of(
            MOONS + "objective: likelihood\nfield: {predict: noise}\n",
            "field predicts noise, but the objective likelihood trains a velocity"),
        Arguments.of(MOONS + "training: {time: unform}\n", "training.time.kind must be one of"),
        Arguments.of(
            MOONS + "training: {time: {kind: power, exponent: -1}}\n",
            "training.time.exponent must be a number above -1, not -1"),
        Arguments.of(
            MOONS + "training: {time: {kind: logit-normal, std: 0}}\n",
            "training.time.std must be a number above 0, not 0"),
        Arguments.of(
            MOONS + "training: {time: {kind: uniform, mean: 0}}\n",
            "unknown key training.time.mean"),
        Arguments.of(MOONS + "training: {batch: many}\n", "a whole number, not 'many'"),
        Arguments.of(MOONS + "sampling: {solver: eular}\n", "sampling.solver must be one of"),
        Arguments.of(
            MOONS + "objective: {kind: likelihood, solver: dopri5}\n",
            "objective.solver must take equal steps, not dopri5"),
        Arguments.of(
            MOONS + "sampling: {solver: dopri5, steps: 5}\n",
            "sampling.steps does not apply to the solver dopri5"),
        Arguments.of(
            MOONS + "sampling: {rtol: 1e-5}\n", "sampling.rtol does not apply to the solver euler"),
        Arguments.of(
            MOONS + "sampling: {solver: dopri5, rtol: 1e-9, atol: 1e-9}\n",
            "sampling.rtol cannot be met"),
        Arguments.of(
            MOONS + "sampling: {solver: dopri5, rtol: 1.5}\n",
            "sampling.rtol must be a number of at least 0 and below 1, not 1.5"),
        Arguments.of(MOONS + "data: {name: x}\n", "f.yaml line 2: the key 'data' appears a second"),
        Arguments.of("data: &a {name: moons}\nfield: *a\n", "the alias *a is not supported"),
        Arguments.of("data: !!java.io.File {name: moons}\n", "is not supported"),
        Arguments.of("data: {name: !!str moons}\n", "is not supported"),
        Arguments.of(MOONS + "---\nfield: {}\n", "a second document starts"),
        Arguments.of("data: {name: [moons}\n", "f.yaml line 1 is no valid YAML"),
        Arguments.of("a: " + "[".repeat(60) + "]".repeat(60), "more than 16 levels"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhatIsWrongAndWhere(String text, String said) {
    assertThat(mistake(text)).hasMessageContaining(said).hasMessageStartingWith("f.yaml");
  }

  @Test
  void suggestsWhatWasMeant() {
    assertThat(mistake("data: {nmae: moons}").hint()).startsWith("did you mean data.name?");
    assertThat(mistake(MOONS + "optimizer: {kind: adma}").hint()).contains("did you mean adam");
    assertThat(mistake(MOONS + "path: {kind: ve, sigmamin: 1}").hint())
        .startsWith("did you mean path.sigmaMin");
    assertThat(mistake(MOONS + "path: {custom: {mean: t*x1, std: 1-s}}").hint())
        .startsWith("it may use numbers, pi, t, + - * / ^ ( ), abs, exp");
    assertThat(mistake(MOONS + "zzzzzz: 1").hint()).startsWith("the sections are data, path");
    assertThat(mistake(MOONS + "training: {batch: many}").hint())
        .isEqualTo("correct it, or leave training.batch out for its default");
  }

  @Test
  void namesTheOptionThatIsWrong() {
    assertThat(mistake(MOONS, "training.batch=-4"))
        .hasMessage(
            "--set training.batch=-4: training.batch must be a whole number of at least 1, not -4");
    assertThat(mistake(MOONS, "training.bacth=4")).hasMessageContaining("unknown key");
    assertThat(mistake(MOONS, "batch")).hasMessageContaining("key.path=value");
    assertThat(mistake(MOONS, "=4")).hasMessageContaining("key.path=value");
    assertThat(mistake(MOONS, "field.hidden=[4,")).hasMessageContaining("no valid YAML");
    assertThat(mistake(MOONS, "objective.kind=x")).hasMessageContaining("must be one of flow");
    assertThat(mistake("data: moons", "data.name=x"))
        .hasMessageContaining("data is 'moons', not a group of keys");
  }

  @Test
  void aMissingFileAndABinaryFileAreMistakesToo(@TempDir Path folder) throws Exception {
    Path binary = Files.write(folder.resolve("x.yaml"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    assertThat(load(binary.toString())).hasMessageContaining("no UTF-8 text");
    assertThat(load(folder.resolve("y.yaml").toString())).hasMessageContaining("does not exist");
    assertThat(load("digist"))
        .hasMessage("there is no preset or file 'digist'")
        .extracting(UsageException::hint)
        .asString()
        .contains("did you mean digits?", "The presets are 8gaussians, ");
  }

  private static UsageException load(String name) {
    return catchThrowableOfType(
        UsageException.class, () -> Configs.load(name, Configs.Changes.none()));
  }

  private static UsageException mistake(String text, String... sets) {
    var changes = new Configs.Changes(List.of(sets), OptionalLong.empty(), OptionalLong.empty());
    return catchThrowableOfType(UsageException.class, () -> Configs.parse("f.yaml", text, changes));
  }
}
