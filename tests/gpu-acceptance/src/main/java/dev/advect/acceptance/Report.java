package dev.advect.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All findings: printed as one table line by line while they come, and written as one JSON file.
 */
final class Report {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final PrintStream out;
  private final List<Finding> findings = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  /** Prints a sentence about what follows. */
  void say(String sentence) {
    out.println(sentence);
  }

  /** Goes through a section; whatever is thrown there is a failed finding, and ends it alone. */
  void attempt(String section, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      e.printStackTrace(out);
      add(Finding.checked(section, "ended early: " + e.getMessage(), 1, "failure", false));
    }
  }

  void add(Finding finding) {
    if (findings.isEmpty() || !findings.getLast().section().equals(finding.section())) {
      out.printf("%n%s%n", finding.section());
    }
    findings.add(finding);
    String share =
        Double.isNaN(finding.share())
            ? ""
            : String.format(Locale.ROOT, "%6.1f%% of %s", 100 * finding.share(), finding.of());
    String verdict =
        switch (finding.verdict()) {
          case MEASURED -> "";
          case PASSED -> "passed";
          case FAILED -> "FAILED";
        };
    String line =
        String.format(
            Locale.ROOT,
            "  %-32s %12s %-18s %s%s",
            finding.name(),
            digits(finding.value()),
            finding.unit(),
            share,
            verdict);
    out.println(line.stripTrailing());
  }

  long failures() {
    return findings.stream().filter(f -> f.verdict() == Finding.Verdict.FAILED).count();
  }

  int size() {
    return findings.size();
  }

  /**
   * Writes everything.
   *
   * @param head what the figures are of: device, driver, versions
   */
  void write(Path file, Map<String, Object> head) throws IOException {
    var document = new LinkedHashMap<>(head);
    document.put("findings", findings.stream().map(Report::document).toList());
    JSON.writeValue(file.toFile(), document);
  }

  private static Map<String, Object> document(Finding finding) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("section", finding.section());
    fields.put("name", finding.name());
    fields.put("value", Double.isFinite(finding.value()) ? finding.value() : null);
    fields.put("unit", finding.unit());
    if (!finding.of().isEmpty()) {
      fields.put("share", Double.isFinite(finding.share()) ? finding.share() : null);
      fields.put("of", finding.of());
    }
    fields.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
    return fields;
  }

  /** Four digits that count, or all before the point; whole numbers as they are. */
  private static String digits(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    if (Math.abs(value) < 1e-2) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int whole = Math.abs(value) < 1 ? 1 : (int) Math.log10(Math.abs(value)) + 1;
    return String.format(Locale.ROOT, "%." + Math.max(0, 4 - whole) + "f", value);
  }
}
