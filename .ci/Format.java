import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs google-java-format over every Java source below a folder: {@code rewrite} changes the files,
 * {@code check} names those that would change and fails.
 */
final class Format {
  /** Build output, run directories, and generated bindings, which are never edited. */
  private static final Set<String> SKIPPED =
      Set.of("target", "runs", "ffi", ".git", "node_modules");

  private Format() {}

  public static void main(String[] args) throws Exception {
    List<String> arguments =
        switch (args[0]) {
          case "rewrite" -> new ArrayList<>(List.of("--replace"));
          case "check" -> new ArrayList<>(List.of("--dry-run", "--set-exit-if-changed"));
          default -> throw new IllegalArgumentException(args[0] + " is neither rewrite nor check");
        };
    arguments.addAll(sources(Path.of(args[1])));
    Main.main(arguments.toArray(String[]::new));
  }

  private static List<String> sources(Path root) throws IOException {
    var found = new ArrayList<String>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skipped =
                !folder.equals(root) && SKIPPED.contains(folder.getFileName().toString());
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }
}
