package dev.advect.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  @Test
  void thePageNeedsNoOtherFileAndEscapesWhatItShows(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.html");
    new HtmlReport(
            "<run> 100% & more",
            new LinkedHashMap<>(Map.of("loss", "0.5")),
            Optional.of(new Png(new byte[] {1, 2, 3})),
            Optional.empty(),
            "data: {name: \"<x>\"}")
        .write(file);
    String page = Files.readString(file);
    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("<h1>&lt;run&gt; 100% &amp; more</h1>")
        .contains("<td>loss</td><td>0.5</td>")
        .contains("src=\"data:image/png;base64,AQID\"")
        .contains("data: {name: &quot;&lt;x&gt;&quot;}")
        .doesNotContain("http", "<h2>Loss</h2>", "src=\"loss");
  }
}
