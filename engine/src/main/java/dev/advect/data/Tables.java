package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Reads a table from a file of any known format, chosen by its name or by its first bytes. */
public final class Tables {
  /** The names that are recognised, for messages and help texts. */
  public static final String ACCEPTED = ".npy, .csv, .csv.gz, .idx, .idx.gz, -ubyte, -ubyte.gz";

  private static final int MAGIC_BYTES = 6;

  private Tables() {}

  /**
   * Reads a file. A name that is not recognised is accepted if the content starts with the magic
   * bytes of NumPy or IDX.
   *
   * @throws AdvectException if the file is missing, not readable, of no known format, or bad
   */
  public static Table read(Path file) {
    FileProblems.requireReadable(file);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (name.endsWith(".npy")) {
      return Npy.read(file);
    }
    if (plain.endsWith(".csv")) {
      return Csv.read(file);
    }
    if (plain.endsWith(".idx") || plain.endsWith("ubyte")) {
      return Idx.read(file);
    }
    byte[] first = firstBytes(file);
    if (Arrays.equals(first, Npy.MAGIC)) {
      return Npy.read(file);
    }
    if (Idx.startsLike(first)) {
      return Idx.read(file);
    }
    throw new AdvectException(
        file + " is of no format that is read here",
        "the accepted endings are " + ACCEPTED + "; rename or convert the file");
  }

  private static byte[] firstBytes(Path file) {
    Input input = Input.open(file);
    try (input) {
      return input.stream().readNBytes(MAGIC_BYTES);
    } catch (IOException e) {
      throw input.problem(e);
    }
  }
}
