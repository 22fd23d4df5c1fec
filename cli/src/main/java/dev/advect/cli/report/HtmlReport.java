package dev.advect.cli.report;

import dev.advect.file.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * One page that shows a run and needs no other file.
 *
 * @param title the run's name
 * @param numbers what came out, in order
 * @param samples the picture of samples, if it could be drawn
 * @param loss the picture of the losses, if it could be drawn
 * @param configuration as YAML
 */
public record HtmlReport(
    String title,
    SequencedMap<String, String> numbers,
    Optional<Png> samples,
    Optional<Png> loss,
    String configuration) {

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%1$s</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; \
      padding: 0 1rem; color: #222; }
      h1, h2 { font-weight: 600; }
      img { max-width: 100%%; image-rendering: pixelated; }
      table { border-collapse: collapse; }
      td { padding: 0.15rem 1.5rem 0.15rem 0; }
      td + td { font-variant-numeric: tabular-nums; }
      pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; }
      </style>
      </head>
      <body>
      <h1>%1$s</h1>
      <table>
      %2$s</table>
      %3$s%4$s<h2>Configuration</h2>
      <pre>%5$s</pre>
      </body>
      </html>
      """;

  /** Writes the page atomically. */
  public void write(Path file) {
    var rows = new StringBuilder();
    numbers.forEach(
        (name, value) ->
            rows.append(
                "<tr><td>%s</td><td>%s</td></tr>\n".formatted(escaped(name), escaped(value))));
    String page =
        PAGE.formatted(
            escaped(title),
            rows,
            picture("Samples", samples),
            picture("Loss", loss),
            escaped(configuration));
    AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static String picture(String title, Optional<Png> png) {
    return png.map(
            p ->
                "<h2>%s</h2>\n<p><img alt=\"%s\" src=\"data:image/png;base64,%s\"></p>\n"
                    .formatted(title, title, Base64.getEncoder().encodeToString(p.bytes())))
        .orElse("");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
