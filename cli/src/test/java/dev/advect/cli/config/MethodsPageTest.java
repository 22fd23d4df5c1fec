package dev.advect.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever docs/methods.md tells to write can be read. */
class MethodsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "methods.md");
  private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern HEADER = Pattern.compile("\\| `([a-z.]+)` \\|.*");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\|.*");

  private static Config read(String text, List<String> changes) {
    String whole = text.contains("data:") ? text : "data: {name: moons}\n" + text;
    return Configs.parse(
        "docs/methods.md",
        whole,
        new Configs.Changes(changes, OptionalLong.empty(), OptionalLong.empty()));
  }

  @Test
  void everyBlockIsPartOfAConfiguration() throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    int blocks = 0;
    while (block.find()) {
      assertThat(read(block.group(1), List.of())).isNotNull();
      blocks++;
    }
    assertThat(blocks).isGreaterThanOrEqualTo(5);
  }

  /** A table whose head is a key lists values of it. */
  @Test
  void everyRowOfATableIsAValueOfItsKey() throws IOException {
    var values = new ArrayList<String>();
    Optional<String> key = Optional.empty();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher header = HEADER.matcher(line);
      Matcher row = ROW.matcher(line);
      if (!line.startsWith("|")) {
        key = Optional.empty();
      } else if (key.isEmpty() && header.matches()) {
        key = Optional.of(header.group(1));
      } else if (key.isPresent() && row.matches()) {
        String value = key.get() + "=" + row.group(1);
        assertThat(read("path: icfm", List.of(value))).isNotNull();
        values.add(value);
      }
    }
    assertThat(values).hasSizeGreaterThanOrEqualTo(7 + 4 + 4).contains("coupling=exact-ot");
  }
}
