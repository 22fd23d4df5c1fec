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
  private static final Pattern NEEDS = Pattern.compile("<!-- needs: (.+) -->");
  private static final Pattern INLINE = Pattern.compile("`((?:\\./)?advect [^`]+)`");

  /**
   * A fenced block.
   *
   * @param language what the fence says it is
   * @param text its lines
   * @param line where it begins, counted from 1
   * @param needs what it needs that not every machine has, as a comment before it says
   */
  record Block(String language, String text, int line, Optional<String> needs) {}

  /** The README, all pages of {@code docs}, and the one of the containers. */
  static List<Page> all() {
    Path root = Repository.root();
    try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      Stream<Path> others = Stream.of(root.resolve("README.md"), root.resolve("docker/README.md"));
      return Stream.concat(others, docs.sorted())
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
    Optional<String> needs = Optional.empty();
    for (int i = 0; i < lines.size(); i++) {
      var marker = NEEDS.matcher(lines.get(i));
      var fence = FENCE.matcher(lines.get(i));
      if (marker.matches()) {
        needs = Optional.of(marker.group(1));
      } else if (fence.matches()) {
        int begin = i + 1;
        do {
          i++;
        } while (!lines.get(i).equals("```"));
        String text = String.join("\n", lines.subList(begin, i)) + "\n";
        blocks.add(new Block(fence.group(1), text, begin, needs));
        needs = Optional.empty();
      } else if (!lines.get(i).isBlank()) {
        needs = Optional.empty();
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
