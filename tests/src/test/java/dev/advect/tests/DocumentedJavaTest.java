package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.tests.Page.Block;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiles and runs the Java of the README and of all pages in {@code docs}: a page is a program.
 */
class DocumentedJavaTest {
  private static final List<String> PACKAGES =
      List.of(
          "dev.advect.backend",
          "dev.advect.coupling",
          "dev.advect.data",
          "dev.advect.file",
          "dev.advect.graph",
          "dev.advect.likelihood",
          "dev.advect.nn",
          "dev.advect.path",
          "dev.advect.solve",
          "dev.advect.train");

  @TempDir private Path folder;

  static Stream<Page> pages() {
    return Page.all().stream().filter(page -> !page.blocks("java").isEmpty());
  }

  @Test
  void thePagesThatShowJavaAreFound() {
    assertThat(pages().map(Page::name)).contains("README.md", "docs/java.md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theJavaOfAPageRuns(Page page) throws IOException {
    Path source = folder.resolve("Example.java");
    Files.writeString(source, program(page));
    compile(page, source);
    List<String> words =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            folder + ":" + System.getProperty("java.class.path"),
            "Example");
    Cli.start(folder, words).end().requireDone();
  }

  private static String program(Page page) {
    String imports =
        PACKAGES.stream()
            .map("import %s.*;\n"::formatted)
            .collect(Collectors.joining("", "import module java.base;\n", ""));
    String body = page.blocks("java").stream().map(Block::text).collect(Collectors.joining());
    return imports + "void main() throws Exception {\n" + body + "}\n";
  }

  private void compile(Page page, Path source) {
    var said = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as("%s: %s", page, said).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
