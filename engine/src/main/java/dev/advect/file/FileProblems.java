package dev.advect.file;

import dev.advect.AdvectException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Puts what the operating system says about a file into a sentence with a remedy. */
public final class FileProblems {
  private static final int SHOWN_CHARACTERS = 60;

  private FileProblems() {}

  /** A text out of a file as it may appear in a message: short, without control characters. */
  public static String shown(String text) {
    String start = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS);
    String clean = start.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return text.length() <= SHOWN_CHARACTERS ? clean : clean + "...";
  }

  /**
   * Checks that a file can be opened for reading.
   *
   * @throws AdvectException if it is missing, a folder, no regular file, or not readable
   */
  public static void requireReadable(Path file) {
    if (Files.notExists(file)) {
      throw new AdvectException(
          file + " does not exist",
          "check the path; it is taken from the folder " + Path.of("").toAbsolutePath());
    }
    if (Files.isDirectory(file)) {
      throw new AdvectException(
          file + " is a folder where a file is expected", "name a file inside it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new AdvectException(
          file + " is a device or a pipe where a regular file is expected",
          "write its content to a file first");
    }
    if (!Files.isReadable(file)) {
      throw notReadable(file.toString(), null);
    }
  }

  /**
   * The sentence for a failure while reading.
   *
   * @param name the file as the user knows it
   */
  public static AdvectException reading(String name, IOException failure) {
    return switch (failure) {
      case NoSuchFileException e ->
          new AdvectException(name + " does not exist", "check the path", e);
      case AccessDeniedException e -> notReadable(name, e);
      default ->
          new AdvectException(
              "reading " + name + " failed: " + reason(failure),
              "check the disk and that nothing else changes the file",
              failure);
    };
  }

  /** The sentence for a failure while writing {@code file}. */
  public static AdvectException writing(Path file, IOException failure) {
    String reason = reason(failure);
    String lower = reason.toLowerCase(Locale.ROOT);
    Path folder = folderOf(file);
    if (failure instanceof NoSuchFileException || Files.notExists(folder)) {
      return new AdvectException(
          "cannot write " + file + ": the folder " + folder + " does not exist",
          "create it first: mkdir -p " + folder,
          failure);
    }
    if (failure instanceof AccessDeniedException || lower.contains("permission denied")) {
      return new AdvectException(
          "cannot write " + file + ": permission denied",
          "choose a folder you may write to, or change the permissions of " + folder,
          failure);
    }
    if (lower.contains("no space left") || lower.contains("quota")) {
      return new AdvectException(
          "cannot write " + file + ": " + reason + freeSpace(folder),
          "free some space or choose another disk; a file that was there before is untouched",
          failure);
    }
    if (lower.contains("read-only")) {
      return new AdvectException(
          "cannot write " + file + ": " + reason, "choose a folder on a writable disk", failure);
    }
    return new AdvectException(
        "cannot write " + file + ": " + reason, "choose another file or folder", failure);
  }

  /** The folder that holds a file, also when the path is a bare name. */
  static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private static AdvectException notReadable(String name, IOException cause) {
    return new AdvectException(
        "cannot read " + name + ": permission denied",
        "make it readable: chmod u+r " + name,
        cause);
  }

  private static String freeSpace(Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return String.format(Locale.ROOT, " (%.1f MiB free in %s)", free / 1048576.0, folder);
    } catch (IOException _) {
      return "";
    }
  }

  private static String reason(IOException failure) {
    String text =
        failure instanceof FileSystemException e && e.getReason() != null
            ? e.getReason()
            : failure.getMessage();
    return text == null || text.isBlank() ? failure.getClass().getSimpleName() : text;
  }
}
