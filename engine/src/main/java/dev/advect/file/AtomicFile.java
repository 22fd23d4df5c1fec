package dev.advect.file;

import dev.advect.AdvectException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Replaces a file entirely or not at all, so that a crash, a full disk or a second reader never
 * meets half a file.
 *
 * <p>The content goes to a hidden file {@code .advect-*.tmp} in the same folder, is forced to the
 * disk, and takes the final name by one rename, after which the folder is forced too. Plain file
 * streams are used, not interruptible channels: an interrupt must not cost a checkpoint.
 */
public final class AtomicFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Body {
    /** Writes everything to {@code out}, which is buffered and closed by the caller. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code file}, replacing what was there. A link is followed; a device such as {@code
   * /dev/null} or a pipe is written to directly, as it cannot be replaced.
   *
   * @throws AdvectException if the folder is missing or not writable, the disk is full or anything
   *     else of the kind; the old file is then untouched and the temporary one is gone
   */
  public static void write(Path file, Body body) {
    try {
      if (Files.isDirectory(file)) {
        throw new AdvectException(
            "cannot write " + file + ": it is a folder", "name a file inside it");
      }
      if (!Files.exists(file)) {
        replace(file.toAbsolutePath(), body);
      } else if (!Files.isWritable(file)) {
        throw new AccessDeniedException(file.toString());
      } else if (Files.isRegularFile(file)) {
        replace(file.toRealPath(), body);
      } else {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
          fill(out, body);
        }
      }
    } catch (IOException e) {
      throw FileProblems.writing(file, e);
    } catch (UncheckedIOException e) {
      throw FileProblems.writing(file, e.getCause());
    }
  }

  private static void replace(Path file, Body body) throws IOException {
    Path folder = FileProblems.folderOf(file);
    Path temporary = folder.resolve(".advect-" + UUID.randomUUID() + ".tmp");
    Files.createFile(temporary);
    try {
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        fill(out, body);
        out.getFD().sync();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable failure) {
      removeAfter(failure, temporary);
      throw failure;
    }
    force(folder);
  }

  private static void fill(OutputStream out, Body body) throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    body.write(buffered);
    buffered.flush();
  }

  private static void removeAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Makes the rename itself durable, where the system lets a folder be opened (not Windows). */
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException _) {
      // The content is on the disk; only the moment at which the new name is becomes unknown.
    }
  }
}
