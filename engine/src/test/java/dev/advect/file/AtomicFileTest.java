package dev.advect.file;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final String NO_SPACE = "No space left on device";

  @TempDir Path folder;

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("one"));
    assertThat(file).hasContent("one");
    AtomicFile.write(file, text("two"));
    assertThat(file).hasContent("two");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void fullDiskLeavesTheOldFileAndNoTemporary() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, text("old"));
    assertRefused(
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[200_000]);
                  throw new IOException(NO_SPACE);
                }),
        "a.txt",
        NO_SPACE,
        "MiB free in",
        folder.toString());
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deviceThatIsFullIsReportedAndNotReplaced() {
    Path full = Path.of("/dev/full");
    assertRefused(() -> AtomicFile.write(full, text("x")), "/dev/full", NO_SPACE);
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deviceIsWrittenToDirectly() {
    AtomicFile.write(Path.of("/dev/null"), text("x"));
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void anyFailureOfTheBodyRemovesTheTemporary() throws IOException {
    Path file = folder.resolve("a.txt");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    _ -> {
                      throw new IllegalStateException("a bug");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a bug");
    assertRefused(
        () ->
            AtomicFile.write(
                file,
                _ -> {
                  throw new UncheckedIOException(new IOException("Disk quota exceeded"));
                }),
        "a.txt",
        "quota");
    assertThat(names()).isEmpty();
  }

  @Test
  void missingFolderAndFolderInPlaceOfFile() {
    assertRefused(
        () -> AtomicFile.write(folder.resolve("none/a.txt"), text("x")),
        "a.txt",
        "the folder " + folder.resolve("none") + " does not exist");
    assertRefused(() -> AtomicFile.write(folder, text("x")), folder.toString(), "it is a folder");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deniedFolder() {
    // The kernel refuses new files here even to root.
    Path denied = Path.of("/sys/kernel/advect-test.txt");
    assertRefused(() -> AtomicFile.write(denied, text("x")), denied.toString(), "cannot write");
  }

  @Test
  void followsLinks() throws IOException {
    Path file = folder.resolve("real.txt");
    Path link = folder.resolve("link.txt");
    AtomicFile.write(file, text("one"));
    Files.createSymbolicLink(link, file);
    AtomicFile.write(link, text("two"));
    assertThat(file).hasContent("two");
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @Test
  void sentencesForWhatTheSystemSays() {
    Path file = folder.resolve("a.bin");
    assertThat(FileProblems.writing(file, new AccessDeniedException("a.bin")))
        .hasMessageContainingAll("a.bin", "permission denied");
    assertThat(FileProblems.writing(file, new NoSuchFileException("a.bin")))
        .hasMessageContaining("does not exist");
    var readOnly =
        FileProblems.writing(file, new FileSystemException("a", null, "Read-only file system"));
    assertThat(readOnly).hasMessageContaining("Read-only file system");
    assertThat(readOnly.hint()).contains("writable");
    assertThat(FileProblems.writing(file, new IOException("Input/output error")))
        .hasMessageContaining("Input/output error");
    assertThat(FileProblems.reading("b.csv", new AccessDeniedException("b.csv")))
        .hasMessageContainingAll("b.csv", "permission denied");
    assertThat(FileProblems.reading("b.csv", new NoSuchFileException("b.csv")))
        .hasMessageContaining("b.csv does not exist");
    assertThat(FileProblems.reading("b.csv", new IOException()))
        .hasMessageContaining("IOException");
  }

  @Test
  void unreadableFilesAreTold() throws IOException {
    assertRefused(
        () -> FileProblems.requireReadable(folder.resolve("none.csv")),
        "none.csv",
        "does not exist");
    assertRefused(() -> FileProblems.requireReadable(folder), folder.toString(), "is a folder");
    Path secret = Files.writeString(folder.resolve("secret.csv"), "1");
    assertThat(secret.toFile().setReadable(false, false)).isTrue();
    if (!Files.isReadable(secret)) { // root reads everything
      assertRefused(() -> FileProblems.requireReadable(secret), "secret.csv", "permission denied");
    }
  }

  @Test
  void textsFromFilesAreShownShortAndClean() {
    assertThat(FileProblems.shown("a\u0000b\nc\u001b[2J")).isEqualTo("a?b?c?[2J");
    assertThat(FileProblems.shown("x".repeat(500))).hasSize(63).endsWith("...");
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private static AtomicFile.Body text(String text) {
    return (OutputStream out) -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
