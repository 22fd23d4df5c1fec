package dev.advect.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.cli.Console;
import dev.advect.cli.Main;
import dev.advect.cli.run.StopSignal;
import dev.advect.tests.Page.Block;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands of the README and of all pages in {@code docs}: the blocks of a page one after
 * the other in one folder, so that each finds what those before it have left. The command is the
 * launcher's; what takes long is cut short, of which a reader sees nothing.
 */
class DocumentedCommandsTest {
  private static final AtomicInteger RUN = new AtomicInteger();
  private static final AtomicInteger NOT_RUN = new AtomicInteger();

  /**
   * Takes the place of {@code advect} and {@code ./advect}. A training has a part of its steps and
   * no fixed number, so that a resumed one still has some to do.
   */
  private static final String SHORTER =
      """
      #!/usr/bin/env bash
      set -euo pipefail
      words=()
      command=${1:-}
      while (($#)); do
        case $command$1 in
          train--steps) words+=(--steps "$((($2 + 49) / 50))"); shift ;;
          *) words+=("$1") ;;
        esac
        shift
      done
      case $command in
        train) [[ " ${words[*]} " == *' --steps '* ]] || words+=(--steps 40) ;;
        bench) words=(bench train-2-64x3-256 --seconds 0.01) ;;
        reproduce-2d) words+=(--steps 40 -n 100 --draws 1) ;;
      esac
      exec %s "${words[@]}"
      """;

  /** Takes the place of Maven: that its tests are run is what runs this one. */
  private static final String VERIFYING =
      """
      #!/usr/bin/env bash
      [[ $* == verify ]]
      """;

  @TempDir private Path folder;

  static Stream<Page> pages() {
    return Page.all().stream().filter(page -> !page.blocks("sh").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theCommandsOfAPageRun(Page page) throws IOException {
    prepare();
    var before = new ArrayList<String>();
    for (Block block : page.blocks("sh")) {
      if (block.notRun().isPresent()) {
        NOT_RUN.incrementAndGet();
        System.out.printf("%s:%d not run: %s%n", page, block.line(), block.notRun().get());
        continue;
      }
      // Variables and the like that an earlier block has set are still set.
      var setting = before.stream().filter(line -> line.startsWith("export ")).toList();
      String script = String.join("\n", setting) + "\n" + block.text();
      Cli.Outcome outcome =
          Cli.start(folder, List.of("bash", "-euo", "pipefail", "-c", "PATH=$PWD:$PATH\n" + script))
              .end();
      assertThat(outcome.exit())
          .as("%s:%d\n%s%s%s", page, block.line(), block.text(), outcome.out(), outcome.err())
          .isZero();
      before.addAll(block.text().lines().toList());
      RUN.incrementAndGet();
    }
  }

  /** A folder as that of a checkout, as far as the pages tell people to use it. */
  private void prepare() throws IOException {
    // The launcher would build it, with the Maven below.
    Repository.requireBuilt(Repository.root().resolve("cli/target/advect.jar"), "mvn package");
    write("advect", SHORTER.formatted(Repository.root().resolve("advect")));
    write("mvn", VERIFYING);
    Path examples = Files.createDirectory(folder.resolve("examples"));
    try (Stream<Path> files = Files.list(Repository.root().resolve("examples"))) {
      for (Path file : files.toList()) {
        Files.copy(file, examples.resolve(file.getFileName()));
      }
    }
  }

  private void write(String program, String text) throws IOException {
    Path file = folder.resolve(program);
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @AfterAll
  static void count() {
    System.out.printf("%d blocks of commands run, %d not%n", RUN.get(), NOT_RUN.get());
    assertThat(RUN.get()).isGreaterThan(NOT_RUN.get());
  }

  /** Sentences name subcommands and options too. */
  @Test
  void commandsWithinSentencesHaveOptionsThatExist() {
    var checked = new AtomicInteger();
    for (Page page : Page.all()) {
      for (String command : page.inlineCommands()) {
        List<String> words = Arrays.asList(command.replace("./", "").split("\\s+"));
        String help = help(words.get(1));
        assertThat(help).as("%s: %s", page, command).isNotEmpty();
        for (String word : words) {
          if (word.matches("--?[a-z].*") && !Set.of("--help", "--version").contains(word)) {
            String option = word.replaceFirst("[=.,].*", "");
            assertThat(help).as("%s: %s", page, command).containsPattern(whole(option));
          }
        }
        checked.incrementAndGet();
      }
    }
    assertThat(checked.get()).isGreaterThan(20);
  }

  /** An option that is not merely the beginning of a longer one. */
  private static String whole(String option) {
    return "(?<![\\w-])" + Pattern.quote(option) + "(?![\\w-])";
  }

  /** What the command says of a subcommand; nothing if there is none of that name. */
  private static String help(String subcommand) {
    if (subcommand.startsWith("-") || subcommand.equals("COMMAND")) {
      return "advect";
    }
    var out = new ByteArrayOutputStream();
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
    var console = new Console(out, nowhere, false, false);
    Main.execute(console, new StopSignal(), subcommand, "--help");
    return out.toString(UTF_8);
  }
}
