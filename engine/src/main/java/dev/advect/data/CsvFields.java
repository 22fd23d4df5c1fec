package dev.advect.data;

import dev.advect.AdvectException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts comma-separated text into fields and keeps count of row and column, both from 1.
 *
 * <p>Lines end with LF, CR LF or CR. A field in double quotes may hold commas and doubled quotes
 * but no line end. A byte-order mark of UTF-8 at the start is skipped.
 */
final class CsvFields {
  /** What ended a field. */
  enum End {
    COMMA,
    LINE,
    FILE
  }

  private static final int MAX_FIELD_BYTES = 4096;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final String file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private final byte[] field = new byte[MAX_FIELD_BYTES];
  private int length;
  private int ahead;
  private long row = 1;
  private int column;
  private boolean lineEnded;

  CsvFields(String file, InputStream in) throws IOException {
    this.file = file;
    this.in = in;
    this.limit = in.readNBytes(buffer, 0, BUFFER_BYTES);
    int mark = BYTE_ORDER_MARK.length;
    this.position = Arrays.equals(buffer, 0, mark, BYTE_ORDER_MARK, 0, mark) ? mark : 0;
    this.ahead = readByte();
  }

  /** The row of the current field. */
  long row() {
    return row;
  }

  /** The column of the current field. */
  int column() {
    return column;
  }

  /** Whether nothing is left. */
  boolean atEnd() {
    return ahead < 0;
  }

  /** The current field without the blanks and quotes around it. */
  String text() {
    return new String(field, 0, length, StandardCharsets.UTF_8).strip();
  }

  /** Goes to the next field and says what ended it. */
  End next() throws IOException {
    if (lineEnded) {
      row++;
      column = 0;
    }
    lineEnded = false;
    column++;
    length = 0;
    while (ahead == ' ' || ahead == '\t') {
      take();
    }
    if (ahead == '"') {
      readQuoted();
    } else {
      while (ahead >= 0 && ahead != ',' && ahead != '\n' && ahead != '\r') {
        append(take());
      }
    }
    return end();
  }

  /** An error at the current field. */
  AdvectException problem(String what, String hint) {
    return new AdvectException("%s: row %d, column %d %s".formatted(file, row, column, what), hint);
  }

  private void readQuoted() throws IOException {
    take();
    while (true) {
      if (ahead < 0 || ahead == '\n' || ahead == '\r') {
        throw problem("opens a double quote that is not closed on its line", "close the quote");
      }
      int next = take();
      if (next != '"') {
        append(next);
      } else if (ahead == '"') {
        append(take());
      } else {
        break;
      }
    }
    while (ahead == ' ' || ahead == '\t') {
      take();
    }
    if (ahead >= 0 && ahead != ',' && ahead != '\n' && ahead != '\r') {
      throw problem(
          "has more text after its closing double quote", "separate the fields with commas");
    }
  }

  private End end() throws IOException {
    int next = take();
    if (next == '\r' && ahead == '\n') {
      take();
    }
    lineEnded = next == '\n' || next == '\r';
    return next < 0 ? End.FILE : lineEnded ? End.LINE : End.COMMA;
  }

  private void append(int next) {
    if (next == 0) {
      throw problem("holds a zero byte: this is no text file", "save it as UTF-8 text");
    }
    if (length == MAX_FIELD_BYTES) {
      throw problem(
          "is longer than " + MAX_FIELD_BYTES + " bytes",
          "check that this is comma-separated text");
    }
    field[length++] = (byte) next;
  }

  private int take() throws IOException {
    int taken = ahead;
    if (taken >= 0) {
      ahead = readByte();
    }
    return taken;
  }

  /** The next byte, or -1 at the end; a stream's own read would take a lock for each. */
  private int readByte() throws IOException {
    if (position == limit) {
      limit = in.readNBytes(buffer, 0, BUFFER_BYTES);
      position = 0;
      if (limit == 0) {
        return -1;
      }
    }
    return Byte.toUnsignedInt(buffer[position++]);
  }
}
