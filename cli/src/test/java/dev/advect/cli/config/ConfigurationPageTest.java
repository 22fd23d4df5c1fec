package dev.advect.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of all keys is what the records say; {@code -Dadvect.write=true} writes it anew. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void thePageIsWhatTheRecordsSay() throws IOException {
    String text = ConfigurationPage.text();
    if (Boolean.getBoolean("advect.write")) {
      Files.writeString(PAGE, text);
    }
    assertThat(Files.readString(PAGE))
        .as(
            "docs/configuration.md is out of date; write it anew by"
                + " mvn test -pl cli -am -Dtest=ConfigurationPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dadvect.write=true")
        .isEqualTo(text);
  }

  @Test
  void everyKeyHasAValueAndAMeaning() {
    assertThat(ConfigurationPage.text().lines().filter(line -> line.startsWith("| `")))
        .hasSizeGreaterThan(40)
        .allMatch(line -> line.matches("\\| `\\w+` \\| .+ \\| .* \\| .+ \\|"));
  }
}
