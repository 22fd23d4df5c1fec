package dev.advect.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command line and its subcommands, as roff with the macros of man(7). It
 * exists because picocli writes its pages for Asciidoctor, which is many times the size of Advect.
 */
final class ManualPage {
  /** What is of the launcher and of the libraries, of which picocli does not know. */
  private static final List<List<String>> ENVIRONMENT =
      List.of(
          List.of("JAVA_HOME", "The Java to run on, if it is new enough."),
          List.of("ADVECT_JAVA_OPTS", "More flags for the JVM, such as -Xmx8g."),
          List.of(
              "ADVECT_AOT_CACHE",
              "off starts without the cache of loaded classes, which the first start makes."),
          List.of(
              "ADVECT_CUDA_PATH",
              "Folders to search for the libraries of CUDA before the system's own."));

  private final List<String> lines = new ArrayList<>();

  private ManualPage() {}

  /**
   * Writes the page.
   *
   * @param line the command line with all its subcommands
   * @param version the name and version of the program, for the foot of the page
   */
  static String of(CommandLine line, String version) {
    var page = new ManualPage();
    CommandSpec program = line.getCommandSpec();
    // No date, so that the same sources make the same page.
    page.lines.add(".TH ADVECT 1 \"\" \"%s\" \"User Commands\"".formatted(escaped(version)));
    page.section("NAME");
    page.text(program.name() + " - " + firstLower(description(program)));
    page.section("SYNOPSIS");
    page.text(synopsis(line));
    page.section("DESCRIPTION");
    page.about(program);
    page.section("OPTIONS");
    page.arguments(program);
    page.section("COMMANDS");
    for (CommandLine command : line.getSubcommands().values()) {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        page.command(command);
      }
    }
    page.section("ENVIRONMENT");
    ENVIRONMENT.forEach(entry -> page.entry(entry.getFirst(), entry.getLast()));
    return String.join("\n", page.lines) + "\n";
  }

  private void command(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    lines.add(".SS " + escaped(spec.qualifiedName()));
    text(synopsis(command));
    lines.add(".PP");
    about(spec);
    arguments(spec);
  }

  private void about(CommandSpec command) {
    text(description(command));
    for (String line : command.usageMessage().footer()) {
      if (!line.isBlank()) {
        lines.add(".PP");
        text(line);
      }
    }
  }

  private void arguments(CommandSpec command) {
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (!parameter.hidden()) {
        entry(parameter.paramLabel(), String.join(" ", parameter.description()));
      }
    }
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        String names = String.join(", ", option.names());
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        entry(names + value, String.join(" ", option.description()));
      }
    }
  }

  private void section(String name) {
    lines.add(".SH " + name);
  }

  private void entry(String term, String meaning) {
    lines.add(".TP");
    lines.add(".B " + escaped(term));
    text(meaning);
  }

  private void text(String text) {
    lines.add(escaped(text));
  }

  private static String description(CommandSpec command) {
    return String.join(" ", command.usageMessage().description());
  }

  /** In one line, which the reader's program breaks as it likes. */
  private static String synopsis(CommandLine command) {
    return new Help(command.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF))
        .synopsis(0)
        .strip()
        .replaceAll("\\s+", " ");
  }

  private static String firstLower(String sentence) {
    String bare = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    return Character.toLowerCase(bare.charAt(0)) + bare.substring(1);
  }

  /**
   * Text that roff prints as it stands; a line that begins with a point or a quote would command.
   */
  private static String escaped(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
