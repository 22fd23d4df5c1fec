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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Runs the commands of the pages of the documentation: the blocks of a page one after the other in
 * one folder, so that each finds what those before it have left. {@link StandIns} cut short what
 * takes long, of which a reader sees nothing.
 */
class DocumentedCommandsTest {
  private static final AtomicInteger RUN = new AtomicInteger();
  private static final AtomicInteger NOT_RUN = new AtomicInteger();

  @TempDir private Path folder;

  static Stream<Page> pages() {
    return Page.all().stream().filter(page -> !page.blocks("sh").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theCommandsOfAPageRun(Page page) throws IOException {
    // The launcher would build it, with a Maven that does not build.
    Repository.requireBuilt(Repository.root().resolve("cli/target/advect.jar"), "mvn package");
    StandIns.putInto(folder);
    var settings = new ArrayList<String>();
    for (Block block : page.blocks("sh")) {
      try {
        run(page, block, settings);
        RUN.incrementAndGet();
      } catch (TestAbortedException e) {
        NOT_RUN.incrementAndGet();
        System.out.printf("%s:%d not run: %s%n", page, block.line(), e.getMessage());
      }
    }
    StandIns.unlink(folder);
  }

  private void run(Page page, Block block, List<String> settings) {
    Map<String, String> environment = block.needs().map(Need::require).orElse(Map.of());
    // What an earlier block has exported is so still.
    String script = "PATH=$PWD/bin:$PATH\n" + String.join("\n", settings) + "\n" + block.text();
    List<String> words = List.of("bash", "-euo", "pipefail", "-c", script);
    Cli.Outcome outcome = Cli.start(folder, words, environment).end();
    assertThat(outcome.exit())
        .as("%s:%d\n%s%s%s", page, block.line(), block.text(), outcome.out(), outcome.err())
        .isZero();
    block.text().lines().filter(line -> line.startsWith("export ")).forEach(settings::add);
  }

  @AfterAll
  static void count() {
    System.out.printf("%d blocks of commands run, %d not%n", RUN.get(), NOT_RUN.get());
    assertThat(RUN.get()).isGreaterThan(15);
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
