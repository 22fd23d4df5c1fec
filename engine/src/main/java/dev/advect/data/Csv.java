package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.AtomicFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Comma-separated numbers, plain or gzip.
 *
 * <p>The first row is a header if none of its fields is a number. Numbers are decimal, may stand in
 * double quotes and between blanks; every row has as many fields as the first; blank lines are
 * allowed at the end only. Rows and columns in messages are counted from 1, rows as the file counts
 * its lines.
 */
public final class Csv {
  private Csv() {}

  /**
   * Reads a file.
   *
   * @throws AdvectException naming file, row, column and text if anything is not a finite number
   */
  public static Table read(Path file) {
    return read(Input.open(file));
  }

  /** Reads and closes an opened file. */
  static Table read(Input input) {
    try (input) {
      return new CsvReader(input.name(), input.stream()).read();
    } catch (IOException e) {
      throw input.problem(e);
    }
  }

  /**
   * Writes a table's values atomically, with a header if the columns have names; gzip if the name
   * ends in {@code .gz}. Each number is the shortest text that reads back as the same float.
   *
   * @throws AdvectException if the file cannot be written; an older file is then untouched
   */
  public static void write(Path file, Table table) {
    boolean gzip = file.toString().endsWith(".gz");
    AtomicFile.write(
        file,
        out -> {
          if (gzip) {
            GZIPOutputStream packed = new GZIPOutputStream(out);
            writeText(packed, table);
            packed.finish();
          } else {
            writeText(out, table);
          }
        });
  }

  private static void writeText(OutputStream out, Table table) throws IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    if (table.names().isPresent()) {
      text.write(header(table.names().get()));
    }
    float[] values = table.values();
    for (int i = 0; i < values.length; i++) {
      text.write(Float.toString(values[i]));
      text.write((i + 1) % table.columns() == 0 ? '\n' : ',');
    }
    text.flush();
  }

  private static String header(List<String> names) {
    StringBuilder line = new StringBuilder();
    for (String name : names) {
      if (CsvNumber.looksLikeOne(name) || name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
        throw new IllegalArgumentException("'" + name + "' would not read back as a column name");
      }
      boolean quote = name.indexOf(',') >= 0 || name.indexOf('"') >= 0;
      line.append(line.isEmpty() ? "" : ",")
          .append(quote ? '"' + name.replace("\"", "\"\"") + '"' : name);
    }
    return line.append('\n').toString();
  }
}
