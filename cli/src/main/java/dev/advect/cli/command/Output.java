package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.data.Csv;
import dev.advect.data.Npy;
import dev.advect.data.Table;
import dev.advect.file.FileProblems;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Where a command's rows go, and in which format. */
sealed interface Output {
  /** Stdout, as CSV. */
  record Stdout() implements Output {}

  /** A NumPy file. */
  record NpyFile(Path path) implements Output {}

  /** A CSV file, compressed if its name ends in {@code .gz}. */
  record CsvFile(Path path) implements Output {}

  /** A picture. */
  record PngFile(Path path) implements Output {}

  /**
   * The output that a person named.
   *
   * @param name a file; {@code -} or null for stdout
   * @throws UsageException if the ending is not known
   */
  static Output of(String name) {
    if (name == null || name.equals("-")) {
      return new Stdout();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    Path path = Path.of(name);
    if (lower.endsWith(".npy")) {
      return new NpyFile(path);
    }
    if (lower.endsWith(".csv") || lower.endsWith(".csv.gz")) {
      return new CsvFile(path);
    }
    if (lower.endsWith(".png")) {
      return new PngFile(path);
    }
    throw new UsageException(
        "--out %s has no ending that says the format".formatted(name),
        "end it in .npy, .csv, .csv.gz or .png");
  }

  /** Refuses what cannot be kept beside a JSON document or in a picture. */
  default void requireRows(boolean json) {
    switch (this) {
      case PngFile(Path path) ->
          throw new UsageException(
              "--out %s: these rows make no picture".formatted(path), "end it in .npy or .csv");
      case Stdout _ -> requireFileWith(json);
      case NpyFile _, CsvFile _ -> {}
    }
  }

  /** Refuses to write data to the stdout that a JSON document goes to. */
  default void requireFileWith(boolean json) {
    if (json && this instanceof Stdout) {
      throw new UsageException(
          "with --json the rows need a file of their own", "add --out FILE.npy or FILE.csv");
    }
  }

  /**
   * Refuses a place that cannot be written, before anything is computed for it.
   *
   * @throws dev.advect.AdvectException if the folder is missing, is none, or may not be written
   */
  default void requirePlace() {
    switch (this) {
      case Stdout _ -> {}
      case NpyFile(Path path) -> requirePlace(path);
      case CsvFile(Path path) -> requirePlace(path);
      case PngFile(Path path) -> requirePlace(path);
    }
  }

  private static void requirePlace(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    String name = path.toString();
    if (Files.notExists(folder)) {
      throw FileProblems.writing(path, new NoSuchFileException(name));
    }
    if (!Files.isDirectory(folder)) {
      throw FileProblems.writing(path, new FileSystemException(name, null, "Not a directory"));
    }
    if (!Files.isWritable(Files.exists(path) ? path : folder)) {
      throw FileProblems.writing(path, new AccessDeniedException(name));
    }
  }

  /** Writes rows; a picture is not for this. */
  default void write(Table table, Console console) {
    switch (this) {
      case Stdout _ -> console.write(out -> writeText(out, table));
      case NpyFile(Path path) -> Npy.write(path, table);
      case CsvFile(Path path) -> Csv.write(path, table);
      case PngFile(Path path) -> throw new IllegalStateException("rows for " + path);
    }
  }

  /** What messages call it. */
  default String describe() {
    return switch (this) {
      case Stdout _ -> "stdout";
      case NpyFile(Path path) -> path.toString();
      case CsvFile(Path path) -> path.toString();
      case PngFile(Path path) -> path.toString();
    };
  }

  private static void writeText(OutputStream out, Table table) throws IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    if (table.names().isPresent()) {
      text.write(String.join(",", table.names().get()) + "\n");
    }
    float[] values = table.values();
    for (int i = 0; i < values.length; i++) {
      text.write(Float.toString(values[i]));
      text.write((i + 1) % table.columns() == 0 ? '\n' : ',');
    }
    text.flush();
  }
}
