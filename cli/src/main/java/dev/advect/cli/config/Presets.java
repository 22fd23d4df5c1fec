package dev.advect.cli.config;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shipped examples by name: those in the folder {@code examples} of the installation, and the
 * same packaged into the jar for an installation that has no such folder.
 */
public final class Presets {
  private static final List<String> PACKAGED =
      List.of(
          "8gaussians",
          "8gaussians-cnf",
          "8gaussians-ot",
          "checkerboard",
          "checkerboard-cnf",
          "circles",
          "circles-cnf",
          "digits",
          "digits-classes",
          "gaussian",
          "moons",
          "moons-classes",
          "moons-ot",
          "moons-ot-path",
          "moons-sb",
          "moons-ve",
          "moons-vp");
  private static final Pattern NAME = Pattern.compile("[\\w-]+");
  private static final String ENDING = ".yaml";

  private Presets() {}

  /** A shipped example. */
  record Preset(String source, String text) {}

  /** All names, in alphabetical order. */
  public static SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(PACKAGED);
    Optional<Path> folder = folder().filter(Files::isDirectory);
    if (folder.isPresent()) {
      try (Stream<Path> files = Files.list(folder.get())) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(ENDING))
            .map(name -> name.substring(0, name.length() - ENDING.length()))
            .filter(name -> NAME.matcher(name).matches())
            .forEach(names::add);
      } catch (IOException e) {
        throw FileProblems.reading(folder.get().toString(), e);
      }
    }
    return names;
  }

  /** The preset of that name, if there is one. */
  static Optional<Preset> find(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    String file = name + ENDING;
    Optional<Path> shipped = folder().map(f -> f.resolve(file)).filter(Files::isRegularFile);
    if (shipped.isPresent()) {
      try {
        return Optional.of(new Preset("examples/" + file, Files.readString(shipped.get())));
      } catch (IOException e) {
        throw FileProblems.reading(shipped.get().toString(), e);
      }
    }
    return PACKAGED.contains(name) ? Optional.of(packaged(file)) : Optional.empty();
  }

  private static Preset packaged(String file) {
    try (InputStream in = Presets.class.getResourceAsStream("/dev/advect/cli/examples/" + file)) {
      if (in == null) {
        throw new AdvectException(
            "the example %s is missing from this installation".formatted(file),
            "build it again: mvn -pl cli -am package");
      }
      return new Preset("examples/" + file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw FileProblems.reading("examples/" + file, e);
    }
  }

  /** The launcher says where the installation is. */
  private static Optional<Path> folder() {
    return Optional.ofNullable(System.getProperty("advect.home"))
        .map(home -> Path.of(home).resolve("examples"));
  }
}
