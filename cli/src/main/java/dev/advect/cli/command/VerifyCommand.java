package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import dev.advect.verify.Identities;
import dev.advect.verify.Identity;
import dev.advect.verify.Identity.Finding;
import dev.advect.verify.Tolerance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the laws of the mathematics that need no training. */
@Command(
    name = "verify",
    description =
        "Measures the laws of paths, solvers, likelihoods, transport and devices, without training."
            + " Exits with 1 if one does not hold.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Runnable {
  private final Console console;
  private final Supplier<List<Identity>> laws;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Only these laws or groups, as solver or solver.order.rk4; all unless given.")
  private List<String> names = List.of();

  @Option(
      names = "--list",
      description = "Print what would be measured, its source and tolerance, and measure nothing.")
  private boolean list;

  VerifyCommand(Console console) {
    this(console, Identities::all);
  }

  VerifyCommand(Console console, Supplier<List<Identity>> laws) {
    this.console = console;
    this.laws = laws;
  }

  @Override
  public void run() {
    device.requireKnown();
    List<Identity> chosen = chosen();
    if (list) {
      list(chosen);
    } else {
      measure(chosen, talk.on(console));
    }
  }

  private List<Identity> chosen() {
    List<Identity> identities = laws.get();
    for (String asked : names) {
      if (identities.stream().noneMatch(identity -> identity.answersTo(asked))) {
        var known = new TreeSet<String>();
        for (Identity identity : identities) {
          known.add(identity.name().substring(0, identity.name().indexOf('.')));
        }
        var all = new ArrayList<>(known);
        identities.forEach(identity -> all.add(identity.name()));
        String closest = Suggest.closest(asked, all);
        throw new UsageException(
            "there is no law '%s' to verify".formatted(asked),
            "%sThe groups are %s; advect verify --list names every law"
                .formatted(closest.isEmpty() ? "" : closest + " ", String.join(", ", known)));
      }
    }
    return identities.stream()
        .filter(identity -> names.isEmpty() || names.stream().anyMatch(identity::answersTo))
        .toList();
  }

  private void list(List<Identity> chosen) {
    if (talk.json()) {
      TalkOptions.print(
          console, Map.of("identities", chosen.stream().map(VerifyCommand::document).toList()));
      return;
    }
    var text = new StringBuilder();
    for (Identity identity : chosen) {
      text.append(
          """
          %s
            what       %s
            source     %s
            tolerance  %s: %s
          """
              .formatted(
                  identity.name(),
                  identity.law(),
                  identity.source(),
                  identity.tolerance().text(),
                  identity.reason()));
    }
    console.write(text.toString());
  }

  private void measure(List<Identity> chosen, Console console) {
    int width = chosen.stream().mapToInt(identity -> identity.name().length()).max().orElse(0);
    String row = "%-" + Math.max(width, 4) + "s  %-14s  %-10s  %s%n";
    var findings = new ArrayList<Finding>();
    String where;
    try (Backend backend = device.open(console)) {
      where = backend.name();
      if (!talk.json()) {
        console.write(String.format(Locale.ROOT, row, "what", "tolerance", "measured", "result"));
      }
      for (Identity identity : chosen) {
        Finding finding = identity.check(backend);
        findings.add(finding);
        if (!talk.json()) {
          console.write(
              String.format(
                  Locale.ROOT,
                  row,
                  identity.name(),
                  identity.tolerance().text(),
                  Tolerance.number(finding.measured()),
                  finding.passes() ? "pass" : "FAIL"));
        }
      }
    }
    List<Finding> broken = findings.stream().filter(finding -> !finding.passes()).toList();
    if (talk.json()) {
      var document = new LinkedHashMap<String, Object>();
      document.put("device", where);
      document.put("pass", broken.isEmpty());
      document.put("identities", findings.stream().map(VerifyCommand::document).toList());
      TalkOptions.print(console, document);
    }
    judge(findings, broken, console);
  }

  private static void judge(List<Finding> findings, List<Finding> broken, Console console) {
    for (Finding finding : broken) {
      Identity identity = finding.identity();
      console.warn(
          "%s measured %s, tolerance %s: %s (%s)"
              .formatted(
                  identity.name(),
                  Tolerance.number(finding.measured()),
                  identity.tolerance().text(),
                  identity.law(),
                  identity.source()));
    }
    if (!broken.isEmpty()) {
      throw new AdvectException(
          "%d of %d laws do not hold: %s"
              .formatted(
                  broken.size(),
                  findings.size(),
                  String.join(", ", broken.stream().map(f -> f.identity().name()).toList())),
          "if they hold with --device reference, the device computes something wrong; report it");
    }
    console.say(
        String.format(
            Locale.ROOT,
            "%d laws hold; measured in %.1f s",
            findings.size(),
            findings.stream().mapToDouble(Finding::seconds).sum()));
  }

  private static Map<String, Object> document(Identity identity) {
    var document = new LinkedHashMap<String, Object>();
    document.put("name", identity.name());
    document.put("what", identity.law());
    document.put("source", identity.source());
    document.put("tolerance", identity.tolerance().text());
    document.put("reason", identity.reason());
    return document;
  }

  private static Map<String, Object> document(Finding finding) {
    Map<String, Object> document = document(finding.identity());
    document.put("measured", TalkOptions.finite(finding.measured()));
    document.put("pass", finding.passes());
    document.put("seconds", finding.seconds());
    return document;
  }
}
