package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the header of a {@code .npy} file says, parsed by hand: the header is the text of a Python
 * dictionary, and nothing in it is evaluated.
 *
 * @param order byte order of the elements
 * @param bytes bytes an element takes, 4 or 8
 * @param fortran whether the first index runs fastest
 * @param shape the dimensions
 */
record NpyHeader(ByteOrder order, int bytes, boolean fortran, List<Long> shape) {

  /**
   * Parses a header.
   *
   * @param file for messages
   * @param header the bytes after the length field
   * @param offset where in the file they start
   */
  static NpyHeader parse(String file, byte[] header, int offset) {
    return new Parser(file, new String(header, StandardCharsets.UTF_8), offset).header();
  }

  /** The shape as NumPy prints it. */
  String shapeText() {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < shape.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(shape.get(i));
    }
    return text.append(shape.size() == 1 ? ",)" : ")").toString();
  }

  /** A cursor over the dictionary's text. */
  private static final class Parser {
    private final String file;
    private final String text;
    private final int offset;
    private int at;

    Parser(String file, String text, int offset) {
      this.file = file;
      this.text = text;
      this.offset = offset;
    }

    NpyHeader header() {
      String descr = null;
      Boolean fortran = null;
      List<Long> shape = null;
      Set<String> seen = new HashSet<>();
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        if (!seen.add(key)) {
          throw problem("has '" + FileProblems.shown(key) + "' twice");
        }
        switch (key) {
          case "descr" -> descr = descr();
          case "fortran_order" -> fortran = truth();
          case "shape" -> shape = shape();
          default -> throw problem("has the unknown key '" + FileProblems.shown(key) + "'");
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      skipBlanks();
      if (at < text.length()) {
        throw problem("goes on after its closing brace");
      }
      if (descr == null || fortran == null || shape == null) {
        throw problem("lacks one of 'descr', 'fortran_order' and 'shape'");
      }
      return typed(descr, fortran, shape);
    }

    private NpyHeader typed(String descr, boolean fortran, List<Long> shape) {
      return switch (descr) {
        case "<f4" -> new NpyHeader(ByteOrder.LITTLE_ENDIAN, Float.BYTES, fortran, shape);
        case ">f4" -> new NpyHeader(ByteOrder.BIG_ENDIAN, Float.BYTES, fortran, shape);
        case "<f8" -> new NpyHeader(ByteOrder.LITTLE_ENDIAN, Double.BYTES, fortran, shape);
        case ">f8" -> new NpyHeader(ByteOrder.BIG_ENDIAN, Double.BYTES, fortran, shape);
        default -> throw unsupported("elements of type '" + FileProblems.shown(descr) + "'");
      };
    }

    private String descr() {
      skipBlanks();
      if (at < text.length() && text.charAt(at) == '[') {
        throw unsupported("structured elements");
      }
      return string();
    }

    private boolean truth() {
      skipBlanks();
      for (String word : List.of("True", "False")) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw problem("has a 'fortran_order' that is neither True nor False");
    }

    private List<Long> shape() {
      List<Long> dimensions = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        dimensions.add(dimension());
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return List.copyOf(dimensions);
    }

    private long dimension() {
      skipBlanks();
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (start == at) {
        throw problem("has a dimension that is no whole number");
      }
      String digits = text.substring(start, at);
      if (at < text.length() && text.charAt(at) == 'L') {
        at++; // Python 2 wrote long integers this way.
      }
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException _) {
        throw problem("has a dimension of " + digits.length() + " digits");
      }
    }

    private String string() {
      skipBlanks();
      char quote = at < text.length() ? text.charAt(at) : 0;
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw problem("has no quoted text where one belongs");
      }
      String content = text.substring(at + 1, end);
      at = end + 1;
      return content;
    }

    private void expect(char wanted) {
      if (!accept(wanted)) {
        throw problem("has no '" + wanted + "' where one belongs");
      }
    }

    private boolean accept(char wanted) {
      skipBlanks();
      boolean found = at < text.length() && text.charAt(at) == wanted;
      at += found ? 1 : 0;
      return found;
    }

    private void skipBlanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private AdvectException problem(String what) {
      return new AdvectException(
          "%s: the NumPy header %s (near byte %d)".formatted(file, what, offset + at),
          "the file is damaged; save it again with numpy.save");
    }

    private AdvectException unsupported(String what) {
      return new AdvectException(
          "%s holds %s; only float32 and float64 are read".formatted(file, what),
          "convert it first: numpy.save(file, array.astype('float32'))");
    }
  }
}
