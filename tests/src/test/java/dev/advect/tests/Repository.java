package dev.advect.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the sources are that are being tested. */
final class Repository {
  private Repository() {}

  /** The folder of the launcher, at or above this module's. */
  static Path root() {
    // Maven says the first; a program that a test starts elsewhere is told the second.
    String told = System.getProperty("basedir", System.getProperty("advect.home", ""));
    Path module = Path.of(told).toAbsolutePath();
    for (Path folder = module; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("advect"))
          && Files.isDirectory(folder.resolve("cli"))) {
        return folder;
      }
    }
    throw new AssertionError("no launcher at or above " + module);
  }

  /**
   * Skips the test, saying why, where something that packaging makes is missing or older than what
   * it is made of, as after {@code mvn test}; fails it where all is to be packaged.
   *
   * @param product the file
   * @param build what makes it
   */
  static void requireBuilt(Path product, String build) {
    Optional<String> problem =
        Files.exists(product)
            ? newerThan(product).map(file -> file + " changed after " + product + " was built")
            : Optional.of(product + " is not built");
    String advice = problem.map(said -> said + ": run " + build).orElse("");
    if (problem.isPresent() && "true".equals(System.getenv("ADVECT_REQUIRE_PACKAGES"))) {
      throw new AssertionError(advice);
    }
    assumeTrue(problem.isEmpty(), advice);
  }

  /** A source that changed after a product was built: the launcher's own rule. */
  private static Optional<Path> newerThan(Path product) {
    List<String> parts =
        List.of(
            "bindings/src",
            "engine/src",
            "cli/src",
            "bindings/pom.xml",
            "engine/pom.xml",
            "cli/pom.xml",
            "pom.xml");
    try {
      var built = Files.getLastModifiedTime(product);
      for (String part : parts) {
        try (Stream<Path> files = Files.walk(root().resolve(part))) {
          for (Path file : files.toList()) {
            if (Files.getLastModifiedTime(file).compareTo(built) > 0) {
              return Optional.of(file);
            }
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
