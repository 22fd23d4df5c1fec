package dev.advect.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PresetsTest {
  /** The names of the presets in the jar are listed by hand; this notices a forgotten one. */
  @Test
  void everyExampleIsPackaged() throws IOException {
    Path examples = Path.of("..", "examples");
    try (Stream<Path> files = Files.list(examples)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".yaml"))
              .map(name -> name.replace(".yaml", ""))
              .sorted()
              .toList();
      assertThat(names).isNotEmpty();
      assertThat(Presets.names()).containsExactlyElementsOf(names);
    }
  }

  @Test
  void onlyPlainNamesAreLookedUp() {
    assertThat(Presets.find("moons")).isPresent();
    assertThat(Presets.find("../moons")).isEmpty();
    assertThat(Presets.find("moons.yaml")).isEmpty();
    assertThat(Presets.find("")).isEmpty();
  }
}
