package dev.advect.cli;

import dev.advect.backend.Availability;
import dev.advect.backend.BackendProvider;
import dev.advect.backend.Backends;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine;

/**
 * Which advect this is, and what it runs on: the lines that a report of a problem should begin
 * with.
 */
public final class Version implements CommandLine.IVersionProvider {
  /** Filled in by the build. */
  private static final String BUILD = "build.properties";

  /** The name and the version. */
  public static String text() {
    return "advect " + build().getProperty("version");
  }

  @Override
  public String[] getVersion() {
    var lines = new ArrayList<String>();
    lines.add("%s, commit %s".formatted(text(), build().getProperty("commit")));
    lines.add(
        "Java %s (%s), %s %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    lines.addAll(devices());
    return lines.toArray(String[]::new);
  }

  /** What {@code advect devices} says, in a line each. */
  private static List<String> devices() {
    return Backends.providers().stream()
        .filter(provider -> !provider.name().equals("reference")) // the same everywhere
        .map(provider -> "%s %s".formatted(provider.name(), state(provider)))
        .toList();
  }

  private static String state(BackendProvider provider) {
    return switch (provider.probe()) {
      case Availability.Ready(String description) -> "ready: " + description;
      case Availability.Missing(String reason, String _) -> "missing: " + reason;
    };
  }

  private static Properties build() {
    try (InputStream in = Version.class.getResourceAsStream(BUILD)) {
      var properties = new Properties();
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
