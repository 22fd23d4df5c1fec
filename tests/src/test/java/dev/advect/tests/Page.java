package dev.advect.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name its path from the repository's root
 * @param lines its text
 */
record Page(String name, List<String> lines) {
  private static final Pattern FENCE = Pattern.compile("```(\\w*)");
  private static final Pattern NOT_RUN = Pattern.compile("<!-- not run: (.{8,}) -->");
  private static final Pattern INLINE = Pattern.compile("`((?:\\./)?advect [^`]+)`");

  /**
   * A fenced block.
   *
   * @param language what the fence says it is
   * @param text its lines
   * @param line where it begins, counted from 1
   * @param notRun why no test runs it, as a comment before it says to whom edits the page
   */
  record Block(String language, String text, int line, Optional<String> notRun) {}

  /** The README and all pages of {@code docs}. */
  static List<Page> all() {
    try (Stream<Path> docs = Files.walk(Repository.root().resolve("docs"))) {
      return Stream.concat(Stream.of(Repository.root().resolve("README.md")), docs.sorted())
          .filter(file -> file.toString().endsWith(".md"))
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Page read(Path file) {
    try {
      return new Page(Repository.root().relativize(file).toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks of a language, in their order. */
  List<Block> blocks(String language) {
    return blocks().stream().filter(block -> block.language.equals(language)).toList();
  }

  private List<Block> blocks() {
    var blocks = new ArrayList<Block>();
    Optional<String> notRun = Optional.empty();
    for (int i = 0; i < lines.size(); i++) {
      var marker = NOT_RUN.matcher(lines.get(i));
      var fence = FENCE.matcher(lines.get(i));
      if (marker.matches()) {
        notRun = Optional.of(marker.group(1));
      } else if (fence.matches()) {
        int begin = i + 1;
        do {
          i++;
        } while (!lines.get(i).equals("```"));
        String text = String.join("\n", lines.subList(begin, i)) + "\n";
        blocks.add(new Block(fence.group(1), text, begin, notRun));
        notRun = Optional.empty();
      } else if (!lines.get(i).isBlank()) {
        notRun = Optional.empty();
      }
    }
    return blocks;
  }

  /** Commands within sentences and tables. */
  List<String> inlineCommands() {
    var commands = new ArrayList<String>();
    boolean fenced = false;
    for (String line : lines) {
      fenced ^= line.startsWith("```");
      if (!fenced) {
        INLINE.matcher(line).results().forEach(found -> commands.add(found.group(1)));
      }
    }
    return commands;
  }

  @Override
  public String toString() {
    return name;
  }
}
