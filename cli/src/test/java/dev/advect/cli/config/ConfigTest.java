package dev.advect.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.data.Normalizer;
import dev.advect.data.Split;
import dev.advect.nn.Activation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static Config parse(String text, String... sets) {
    var changes = new Configs.Changes(List.of(sets), OptionalLong.empty(), OptionalLong.empty());
    return Configs.parse("test.yaml", text, changes);
  }

  @Test
  void everythingButTheDataHasADefault() {
    Config config = parse("data: {name: moons}");
    assertThat(config.data().normalize()).isEqualTo(Normalizer.Kind.NONE);
    assertThat(config.data().split()).isEmpty();
    assertThat(config.data().points()).isEqualTo(100_000);
    assertThat(config.path()).contains(new PathConfig(PathConfig.Kind.ICFM, 0.1));
    assertThat(config.coupling().orElseThrow().kind()).isEqualTo(CouplingConfig.Kind.INDEPENDENT);
    assertThat(config.field().hidden()).containsExactly(64, 64, 64);
    assertThat(config.field().activation()).isEqualTo(Activation.SELU);
    assertThat(config.optimizer().learningRate()).isEqualTo(1e-3);
    assertThat(config.optimizer().clip()).isEqualTo(1);
    assertThat(config.training().steps()).isEqualTo(20_000);
    assertThat(config.training().batch()).isEqualTo(256);
    assertThat(config.training().ema()).isEqualTo(0.999);
    assertThat(config.sampling()).isEqualTo(SamplingConfig.of(SamplingConfig.Solver.EULER, 100));
  }

  @Test
  void readsEverySection() {
    Config config =
        parse(
            """
            data:
              name: digits
              normalize: range
              split: {train: 1000, validation: 350, test: rest}
            path: {kind: ot, sigma: 1e-2}
            coupling: {kind: independent}
            field: {hidden: [7, 1_000], activation: tanh, time: fourier}
            optimizer: {kind: sgd, learningRate: 0.5, momentum: 0, schedule: warmup, warmup: 9}
            training: {steps: 2e3, batch: 32, ema: 0, seed: 12345678901234}
            sampling: {solver: rk4-38, steps: 8}
            """);
    assertThat(config.data().split())
        .contains(new Split.Sizes(Split.Size.of(1000), Split.Size.of(350), Split.Size.rest()));
    assertThat(config.path()).contains(new PathConfig(PathConfig.Kind.OT, 0.01));
    assertThat(config.field().hidden()).containsExactly(7, 1000);
    assertThat(config.optimizer().warmup()).isEqualTo(9);
    assertThat(config.training().steps()).isEqualTo(2000);
    assertThat(config.training().seed()).isEqualTo(12345678901234L);
    assertThat(config.sampling().solver()).isEqualTo(SamplingConfig.Solver.RK4_38);
  }

  @Test
  void everyPathHasItsNumbers() {
    assertThat(parse("data: {name: moons}\npath: {kind: vp, betaMax: 10}").path())
        .get()
        .extracting(PathConfig::betaMin, PathConfig::betaMax, PathConfig::sigma)
        .containsExactly(Optional.of(0.1), Optional.of(10.0), Optional.empty());
    assertThat(PathConfig.of(PathConfig.Kind.VE).sigmaMax()).contains(5.0);
    String formulas = "{mean: 't*x1', std: '1-t'}";
    assertThat(parse("data: {name: moons}\npath: {custom: %s}".formatted(formulas)).path())
        .isEqualTo(
            parse("data: {name: moons}", "path={kind: custom, mean: t*x1, std: 1-t}").path());
  }

  @Test
  void aLikelihoodHasASolveAndNoPath() {
    Config config =
        parse(
            "data: {name: moons}\npath: {kind: ot}\ncoupling: independent",
            "objective=likelihood",
            "objective={kind: likelihood, solver: midpoint, probes: 3, kinetic: 0.01}");
    assertThat(config.path()).isEmpty();
    assertThat(config.coupling()).isEmpty();
    assertThat(config.objective())
        .isEqualTo(
            new ObjectiveConfig(
                ObjectiveConfig.Kind.LIKELIHOOD,
                Optional.of(SamplingConfig.Solver.MIDPOINT),
                Optional.of(8),
                Optional.of(ObjectiveConfig.Trace.HUTCHINSON),
                Optional.of(3),
                Optional.of(0.01),
                Optional.of(0.0)));
    assertThat(ConfigText.yaml(config)).doesNotContain("path:", "coupling:");
  }

  @Test
  void theEntropyOfAPlanFollowsThePath() {
    Config config = parse("data: {name: moons}\npath: {kind: sb, sigma: 0.5}\ncoupling: sinkhorn");
    assertThat(config.coupling().orElseThrow().epsilon()).contains(0.5);
    assertThat(ConfigText.yaml(config)).contains("epsilon: 0.5", "resample: false");
    assertThat(parse("data: {name: moons}\ncoupling: sinkhorn").coupling().orElseThrow().epsilon())
        .contains(0.02);
    Config told = parse("data: {name: moons}\ncoupling: {kind: sinkhorn, epsilon: 3e-2}");
    assertThat(told.coupling().orElseThrow().epsilon()).contains(0.03);
    assertThat(parse("data: {name: moons}\ncoupling: exact-ot").coupling().orElseThrow().epsilon())
        .isEmpty();
  }

  @Test
  void aSolverThatChoosesItsStepsHasTolerances() {
    SamplingConfig sampling =
        parse("data: {name: moons}\nsampling: {solver: dopri5, atol: 1e-7}").sampling();
    assertThat(sampling.steps()).isEmpty();
    assertThat(sampling.rtol()).contains(1e-5);
    assertThat(sampling.atol()).contains(1e-7);
    assertThat(sampling.minStep()).contains(1e-6);
    assertThat(sampling.maxSteps()).contains(10_000);
  }

  @Test
  void valuesFromTheCommandLineWin() {
    Config config =
        parse(
            "data: {name: moons}\ntraining: {batch: 8}",
            "training.batch=16",
            "training.batch=32",
            "field.hidden=[5, 6]",
            "coupling={kind: independent}",
            "optimizer.learningRate=1e-4");
    assertThat(config.training().batch()).isEqualTo(32);
    assertThat(config.field().hidden()).containsExactly(5, 6);
    assertThat(config.optimizer().learningRate()).isEqualTo(1e-4);
  }

  @Test
  void theStepsAndSeedOptionsWinOverSet() {
    var changes =
        new Configs.Changes(List.of("training.steps=5"), OptionalLong.of(7), OptionalLong.of(3));
    Config config = Configs.parse("test.yaml", "data: {name: moons}", changes);
    assertThat(config.training().steps()).isEqualTo(7);
    assertThat(config.training().seed()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {name: moons}",
        "data: {file: 'a b/c: \"#1\".csv', normalize: standardize, split: {train: rest, test: 3}}",
        "data: {name: 8gaussians, points: 17}\npath: {kind: ot, sigma: 0}",
        "data: {name: moons}\noptimizer: {learningRate: 1e-12, clip: 0, weightDecay: 123456789.5}",
        "data: {name: moons}\nobjective: {kind: likelihood, divergence: exact, steps: 3}",
        "data: {name: moons}\nobjective: likelihood\nfield: {activation: tanh}",
        "data: {name: moons}\nfield: {hidden: []}\ntraining: {ema: 0.123456789012345678}",
        "data: {name: moons}\noptimizer: {learningRate: 1e22}",
        "data: {name: moons}\nfield: {predict: noise}",
        "data: {name: moons}\ntraining: {time: stratified}",
        "data: {name: moons}\ntraining: {time: logit-normal}",
        "data: {name: moons}\ntraining: {time: {kind: logit-normal, mean: -0.5, std: 2}}",
        "data: {name: moons}\ntraining: {time: {kind: power, exponent: 4}}",
        "data: {name: digits, condition: label}\ntraining: {conditionDropout: 0.1}",
        "data: {file: x.csv, condition: [temperature, 3, 'a b'], dequantize: 0.00390625}",
        "data: {file: x.npy, condition: {kind: class, file: y.idx}}",
        "data: {name: moons}\ncoupling: exact-ot",
        "data: {name: moons}\ncoupling: {kind: exact-ot, resample: true, conditionWeight: 0}",
        "data: {name: moons}\ncoupling: {kind: sinkhorn, epsilon: 0.02, resample: true}",
        "data: {name: moons}\npath: {kind: sb, sigma: 0.5}\ncoupling: sinkhorn",
        "data: {name: moons}\nsampling: {solver: dopri5, rtol: 1e-4, maxSteps: 77}",
        "data: {name: moons}\nsampling: {solver: heun}",
        "data: {name: moons}\npath: {kind: vp}",
        "data: {name: moons}\npath: {kind: ve, sigmaMax: 7}",
        "data: {name: moons}\npath: cosine",
        "data: {name: moons}\npath: {kind: sb, sigma: 0.5}",
        "data: {name: moons}\npath: {kind: custom, mean: 't*x1', std: '1-(1-0.01)*t'}",
        "data: {name: moons}\npath: {custom: {mean: '(1-t)*x0 + t * x1', std: '0.1'}}",
      })
  void whatIsPrintedReadsBackAsTheSame(String text) {
    Config config = parse(text);
    assertThat(parse(ConfigText.yaml(config))).isEqualTo(config);
    assertThat(parse(ConfigText.json(config))).isEqualTo(config);
  }

  @Test
  void conditionsHaveShortForms() {
    assertThat(parse("data: {name: digits, condition: label}").data().condition())
        .isEqualTo(parse("data: {name: digits, condition: {kind: label}}").data().condition());
    assertThat(parse("data: {file: x.csv, condition: [3, b]}").data().condition())
        .isEqualTo(
            parse("data: {file: x.csv, condition: {kind: vector, columns: ['3', b]}}")
                .data()
                .condition());
    assertThat(parse("data: {file: x.csv, condition: {kind: class, columns: b}}"))
        .isEqualTo(parse("data: {file: x.csv, condition: {kind: class, columns: [b]}}"));
  }

  @Test
  void aFileIsKnownByItsWholePath() {
    assertThat(parse("data: {file: x.csv}").data().file())
        .contains(Path.of("x.csv").toAbsolutePath().toString());
  }

  @Test
  void differencesNameTheKey() {
    Config before = parse("data: {name: digits, split: {train: rest}}");
    Config after = parse("data: {name: digits, split: {train: rest, test: 5}}", "field.hidden=[1]");
    assertThat(ConfigText.differences(before, before)).isEmpty();
    assertThat(ConfigText.differences(before, after))
        .containsEntry("data.split.test", "5 where the run has 0")
        .containsEntry("field.hidden", "[1] where the run has [64, 64, 64]")
        .hasSize(2);
  }

  static List<String> presets() {
    return List.copyOf(Presets.names());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void presetsCanBeRead(String name) {
    Configs.Named named = Configs.load(name, Configs.Changes.none());
    assertThat(named.name()).isEqualTo(name);
    assertThat(name).startsWith(named.config().data().label());
  }
}
