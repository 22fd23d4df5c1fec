package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one table of comma-separated numbers; see {@link Csv} for what is accepted. */
final class CsvReader {
  private final String file;
  private final CsvFields fields;
  private final GrowingFloats values;
  private Optional<List<String>> names = Optional.empty();
  private int columns;
  private int rows;

  CsvReader(String file, InputStream in) throws IOException {
    this.file = file;
    this.fields = new CsvFields(file, in);
    this.values = new GrowingFloats(file);
  }

  Table read() throws IOException {
    readFirstRow();
    long blankRow = 0;
    while (!fields.atEnd()) {
      CsvFields.End end = fields.next();
      if (end != CsvFields.End.COMMA && fields.text().isEmpty()) {
        blankRow = blankRow == 0 ? fields.row() : blankRow;
        continue;
      }
      if (blankRow != 0) {
        throw new AdvectException(
            "%s: row %d is blank, and data follow in row %d"
                .formatted(file, blankRow, fields.row()),
            "delete the blank row; blank rows are allowed at the end only");
      }
      readRow(end);
    }
    if (rows == 0) {
      throw new AdvectException(
          "%s has a header of %d columns and no row of numbers".formatted(file, columns),
          "give it at least one row");
    }
    Table table = Table.of(values.toArray(), rows, columns);
    return names.map(table::withNames).orElse(table);
  }

  /** Reads the first row as names or as numbers, and learns the number of columns. */
  private void readFirstRow() throws IOException {
    List<String> texts = new ArrayList<>();
    boolean header = true;
    boolean blank = true;
    CsvFields.End end = fields.atEnd() ? CsvFields.End.FILE : CsvFields.End.COMMA;
    while (end == CsvFields.End.COMMA) {
      end = fields.next();
      String text = fields.text();
      texts.add(text);
      header &= !CsvNumber.looksLikeOne(text);
      blank &= text.isEmpty();
    }
    columns = texts.size();
    if (blank && columns <= 1) {
      String state = columns == 0 ? " is empty" : ": row 1 is blank";
      throw new AdvectException(file + state, "start with a header or a row of numbers");
    }
    if (header && !blank) {
      names = Optional.of(List.copyOf(texts));
      return;
    }
    for (int column = 1; column <= columns; column++) {
      values.add(number(texts.get(column - 1), 1, column));
    }
    rows = 1;
  }

  /** Reads the rest of a row whose first field is the current one. */
  private void readRow(CsvFields.End firstEnd) throws IOException {
    CsvFields.End end = firstEnd;
    values.add(number(fields.text(), fields.row(), fields.column()));
    while (end == CsvFields.End.COMMA) {
      end = fields.next();
      if (fields.column() > columns) {
        throw new AdvectException(
            "%s: row %d has more than the %d columns of row 1"
                .formatted(file, fields.row(), columns),
            "give every row " + columns + " fields");
      }
      values.add(number(fields.text(), fields.row(), fields.column()));
    }
    if (fields.column() < columns) {
      throw new AdvectException(
          "%s: row %d has %d columns where row 1 has %d"
              .formatted(file, fields.row(), fields.column(), columns),
          "give every row " + columns + " fields");
    }
    rows++;
  }

  private float number(String text, long row, int column) {
    if (!CsvNumber.isDecimal(text)) {
      throw noNumber(text, row, column);
    }
    float value = Float.parseFloat(text);
    if (Float.isInfinite(value)) {
      String what = "is " + FileProblems.shown(text) + ", beyond the largest 32-bit float 3.4e38";
      throw problem(row, column, what, "rescale the column");
    }
    return value;
  }

  private AdvectException noNumber(String text, long row, int column) {
    if (text.isEmpty()) {
      return problem(row, column, "is empty", "fill in a number or remove the row");
    }
    String shown = "is '" + FileProblems.shown(text) + "'";
    return CsvNumber.isNonFinite(text)
        ? problem(row, column, shown, "remove the row or put a finite number")
        : problem(row, column, shown + ", which is no number", hint(text, row));
  }

  private static String hint(String text, long row) {
    if (text.indexOf(';') >= 0 || text.indexOf('\t') >= 0 || text.indexOf(' ') >= 0) {
      return "separate the fields with commas";
    }
    return row == 1
        ? "a header has names only and a row of data numbers only: mend or delete row 1"
        : "put a decimal number such as -1.5e3";
  }

  private AdvectException problem(long row, int column, String what, String hint) {
    String name =
        names.map(list -> " (" + FileProblems.shown(list.get(column - 1)) + ")").orElse("");
    return new AdvectException(
        "%s: row %d, column %d%s %s".formatted(file, row, column, name, what), hint);
  }
}
