package dev.advect.cli.config;

import dev.advect.data.Normalizer;
import dev.advect.data.Split;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The rows to learn from.
 *
 * @param name a built-in set or generator; exactly one of name and file is given
 * @param file a table
 * @param normalize what is done to the columns before they are learnt; undone in samples
 * @param split how the rows of finite data are divided; without one all are learnt from
 * @param points how many points are drawn from a generator
 * @param condition what each row is conditioned on; nothing unless given
 * @param dequantize the distance between the levels of discrete data, such as 1 for whole numbers;
 *     in each step every drawn value is moved to a random place between its level and the next, and
 *     samples are such places too
 */
public record DataConfig(
    Optional<String> name,
    Optional<String> file,
    Normalizer.Kind normalize,
    Optional<Split.Sizes> split,
    int points,
    Optional<ConditionConfig> condition,
    Optional<Double> dequantize) {
  /** Points drawn from a generator unless the configuration says otherwise. */
  static final int POINTS = 100_000;

  /** The most rows that a training draws from. */
  private static final int MAX_POINTS = 1 << 24;

  /** Checks that exactly one source is given. */
  public DataConfig {
    if (name.isPresent() == file.isPresent()) {
      throw new InvalidValue(
          "",
          name.isPresent() ? "has both a name and a file" : "has neither a name nor a file",
          "give data.name, such as moons, or data.file, such as points.csv");
    }
    Check.atLeast("points", points, 1);
    dequantize.ifPresent(step -> Check.positive("dequantize", step));
  }

  static DataConfig read(Section section) {
    Optional<String> name = section.text("name");
    Optional<String> file = section.text("file");
    Normalizer.Kind normalize = section.choice("normalize", Normalizer.Kind.NONE, Set.of());
    Optional<Split.Sizes> split =
        section.has("split")
            ? Optional.of(SplitReader.read(section.section("split")))
            : Optional.empty();
    long points = section.whole("points", POINTS);
    Optional<ConditionConfig> condition =
        section.has("condition")
            ? Optional.of(ConditionConfig.read(section, "condition"))
            : Optional.empty();
    Optional<Double> dequantize =
        section.has("dequantize") ? Optional.of(section.number("dequantize", 0)) : Optional.empty();
    return section.build(
        () -> {
          Check.atMost("points", points, MAX_POINTS);
          return new DataConfig(name, file, normalize, split, (int) points, condition, dequantize);
        });
  }

  /** The same, with files' paths that do not depend on the current folder. */
  DataConfig absolute() {
    Optional<String> absolute =
        file.map(path -> Path.of(path).toAbsolutePath().normalize().toString());
    Optional<ConditionConfig> conditions = condition.map(ConditionConfig::absolute);
    return new DataConfig(name, absolute, normalize, split, points, conditions, dequantize);
  }

  /** Whether a person who says this means these data. */
  public boolean isNamed(String nameOrFile) {
    return name.filter(nameOrFile::equals).isPresent()
        || file.filter(
                path -> Path.of(nameOrFile).toAbsolutePath().normalize().equals(Path.of(path)))
            .isPresent();
  }

  /** What messages call the data: a name or a file. */
  public String label() {
    return name.or(() -> file).orElseThrow();
  }
}
