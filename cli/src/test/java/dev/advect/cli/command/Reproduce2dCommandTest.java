package dev.advect.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.cli.Cli;
import dev.advect.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Reproduce2dCommandTest {
  @Test
  void writesOneRowForEachMethodAndData(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("table.md");
    Cli.Result result =
        Cli.run(
            "reproduce-2d",
            "--device",
            "cpu",
            "--seeds",
            "1",
            "--steps",
            "2",
            "-n",
            "20",
            "--draws",
            "1",
            "--out",
            out.toString());
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.DONE);
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.stream().filter(line -> line.matches("\\| (8gaussians|moons) \\|.*")))
        .hasSize(6)
        .allMatch(line -> line.split("\\|").length == 8);
    assertThat(lines).anyMatch(line -> line.startsWith("- 8gaussians: eight equal Gaussians"));
    assertThat(lines).anyMatch(line -> line.startsWith("- moons: E|x1 - x0|^2 = "));
    assertThat(Cli.run("--help").out()).doesNotContain("reproduce");
  }
}
