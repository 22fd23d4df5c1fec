package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An opened data file, unpacked on the way if it is gzip.
 *
 * @param name the file as the user knows it
 * @param size bytes on the disk, or -1 if unknown
 */
record Input(String name, InputStream stream, boolean gzip, long size) implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC_BYTES = 2;

  /** Opens a file; its first two bytes decide whether it is gzip. */
  static Input open(Path file) {
    FileProblems.requireReadable(file);
    String name = file.toString();
    try {
      Input input = of(name, Files.newInputStream(file), Files.size(file));
      if (name.endsWith(".gz") && !input.gzip) {
        input.close();
        throw new AdvectException(
            name + " is named .gz but does not start with the bytes 1f 8b of gzip",
            "compress it with gzip, or drop the .gz from its name");
      }
      return input;
    } catch (IOException e) {
      throw FileProblems.reading(name, e);
    }
  }

  /** Takes over a stream, and closes it if it cannot be used. */
  static Input of(String name, InputStream raw, long size) {
    InputStream stream = new BufferedInputStream(raw, BUFFER_BYTES);
    boolean gzip = false;
    try {
      stream.mark(GZIP_MAGIC_BYTES);
      byte[] magic = stream.readNBytes(GZIP_MAGIC_BYTES);
      stream.reset();
      gzip = magic.length == GZIP_MAGIC_BYTES && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
      InputStream unpacked =
          gzip ? new BufferedInputStream(new GZIPInputStream(stream, BUFFER_BYTES)) : stream;
      return new Input(name, unpacked, gzip, size);
    } catch (IOException e) {
      AdvectException problem = problem(name, gzip, size, e);
      try {
        stream.close();
      } catch (IOException suppressed) {
        problem.addSuppressed(suppressed);
      }
      throw problem;
    }
  }

  /** The sentence for a failure of {@link #stream}. */
  AdvectException problem(IOException failure) {
    return problem(name, gzip, size, failure);
  }

  private static AdvectException problem(
      String name, boolean gzip, long size, IOException failure) {
    if (gzip && failure instanceof EOFException) {
      String where = size < 0 ? "" : " after " + size + " bytes";
      return new AdvectException(
          name + " is cut short: its gzip stream does not end" + where,
          "copy or download it again",
          failure);
    }
    if (gzip && failure instanceof ZipException) {
      return new AdvectException(
          name + " is damaged: its gzip data do not unpack (" + failure.getMessage() + ")",
          "copy or download it again",
          failure);
    }
    return FileProblems.reading(name, failure);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
