package dev.advect.cli.config;

import dev.advect.AdvectException;
import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds, reads and resolves configurations. */
public final class Configs {
  private static final long MAX_BYTES = 1 << 22;

  private Configs() {}

  /**
   * A configuration and where it came from.
   *
   * @param name what a run of it is called: the preset, or the file without its ending
   * @param config it, with every default filled in
   */
  public record Named(String name, Config config) {}

  /**
   * What the command line lays over a configuration, later ones winning.
   *
   * @param assignments texts {@code key.path=value}
   * @param steps {@code --steps}
   * @param seed {@code --seed}
   */
  public record Changes(List<String> assignments, OptionalLong steps, OptionalLong seed) {
    /** Takes an unmodifiable copy. */
    public Changes {
      assignments = List.copyOf(assignments);
    }

    /** Nothing. */
    public static Changes none() {
      return new Changes(List.of(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** Whether the number of steps is among them. */
    public boolean setsSteps() {
      return steps.isPresent()
          || assignments.stream().anyMatch(text -> text.matches("\\s*training\\.steps\\s*=.*"));
    }

    private Node.Mapping over(Node.Mapping tree) {
      Node.Mapping changed = tree;
      for (String assignment : assignments) {
        changed = Overrides.set(changed, assignment);
      }
      changed = option(changed, "--steps", "training.steps", steps);
      return option(changed, "--seed", "training.seed", seed);
    }

    private static Node.Mapping option(
        Node.Mapping tree, String option, String path, OptionalLong value) {
      return value.isEmpty()
          ? tree
          : Overrides.put(tree, path, YamlTree.value(option, Long.toString(value.getAsLong())));
    }
  }

  /**
   * Reads what a person called CONFIG or PRESET.
   *
   * @throws UsageException if there is none of that name or it is wrong anywhere
   */
  public static Named load(String configOrPreset, Changes changes) {
    Optional<Presets.Preset> preset = Presets.find(configOrPreset);
    if (preset.isPresent()) {
      Config config = parse(preset.get().source(), preset.get().text(), changes);
      return new Named(configOrPreset, config);
    }
    Path file = Path.of(configOrPreset);
    if (!Files.exists(file) && !looksLikeFile(configOrPreset)) {
      throw new UsageException(
          "there is no preset or file '%s'".formatted(configOrPreset),
          Suggest.from(configOrPreset, "the presets are", Presets.names()));
    }
    return new Named(stem(file), parse(file.toString(), read(file), changes));
  }

  /** Reads a configuration file as it stands. */
  public static Config load(Path file) {
    return parse(file.toString(), read(file), Changes.none());
  }

  /**
   * Reads a configuration from text.
   *
   * @param source what messages call it
   */
  public static Config parse(String source, String text, Changes changes) {
    Config config = Config.read(changes.over(YamlTree.document(source, text)));
    return config.withData(config.data().absolute());
  }

  private static boolean looksLikeFile(String name) {
    return name.contains("/") || name.contains("\\") || name.matches(".*\\.(ya?ml|json)");
  }

  private static String stem(Path file) {
    String name = file.toAbsolutePath().normalize().getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static String read(Path file) {
    try {
      FileProblems.requireReadable(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new UsageException(
            "%s has %d bytes; a configuration has at most %d"
                .formatted(file, Files.size(file), MAX_BYTES),
            "check that this is a configuration");
      }
      return Files.readString(file);
    } catch (AdvectException e) {
      throw new UsageException("", e);
    } catch (CharacterCodingException _) {
      throw new UsageException(file + " is no UTF-8 text", "check that this is a configuration");
    } catch (IOException e) {
      throw new UsageException("", FileProblems.reading(file.toString(), e));
    }
  }
}
