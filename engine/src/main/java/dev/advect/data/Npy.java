package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.AtomicFile;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * NumPy's {@code .npy} files: reads matrices of float32 or float64, writes float32 arrays of any
 * shape.
 *
 * <p>The format is NEP 1 of the NumPy project: versions 1.0, 2.0 and 3.0, either byte order, C or
 * Fortran order. Object arrays are pickles and refused.
 */
public final class Npy {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final int VERSION_BYTES = 2;
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final int ALIGNMENT = 64;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final String AGAIN = "the file is cut short or damaged; save it again";

  private Npy() {}

  /**
   * Reads a matrix as a table.
   *
   * @throws AdvectException naming the file and what is wrong: no {@code .npy}, another element
   *     type, not two-dimensional, too few or too many bytes, or the row and the column (from 1) of
   *     a value that is no finite 32-bit float
   */
  public static Table read(Path file) {
    FileProblems.requireReadable(file);
    String name = file.toString();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      NpyHeader header = header(name, channel, size);
      requireMatrix(name, header);
      long rows = header.shape().get(0);
      long columns = header.shape().get(1);
      requireLength(name, header, size - channel.position());
      float[] values = GrowingFloats.allocate(name, rows * columns);
      fill(name, channel, header, values, (int) rows, (int) columns);
      return Table.of(values, (int) rows, (int) columns);
    } catch (IOException e) {
      throw FileProblems.reading(name, e);
    }
  }

  /**
   * Writes a table's values atomically as a float32 matrix; see {@link #write(Path, List, int[])}.
   */
  public static void write(Path file, Table table) {
    write(file, table.values(), table.rows(), table.columns());
  }

  /** Writes one array atomically; see {@link #write(Path, List, int[])}. */
  public static void write(Path file, float[] values, int... shape) {
    write(file, List.of(values), shape);
  }

  /**
   * Writes little-endian float32 in C order, version 1.0, atomically.
   *
   * @param blocks the values in order; a trajectory is one block of {@code n * d} values a step,
   *     and the shape {@code (steps + 1, n, d)}
   * @param shape the dimensions, whose product is the number of values
   * @throws AdvectException if the file cannot be written; an older file is then untouched
   */
  public static void write(Path file, List<float[]> blocks, int... shape) {
    long expected = 1;
    for (int dimension : shape) {
      expected = Math.multiplyExact(expected, dimension);
    }
    long given = blocks.stream().mapToLong(block -> block.length).sum();
    if (expected != given) {
      throw new IllegalArgumentException(
          "shape %s takes %d values, %d were given"
              .formatted(Arrays.toString(shape), expected, given));
    }
    AtomicFile.write(
        file,
        out -> {
          out.write(headerBytes(shape));
          ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (float[] block : blocks) {
            writeBlock(out, block, chunk);
          }
        });
  }

  private static NpyHeader header(String name, FileChannel channel, long size) throws IOException {
    int start = MAGIC.length + VERSION_BYTES;
    byte[] first = next(channel, Math.min(size, start));
    if (!Arrays.equals(first, 0, Math.min(first.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      throw new AdvectException(
          "%s (%d bytes) does not start with NumPy's magic bytes 93 'NUMPY'".formatted(name, size),
          "save it with numpy.save");
    }
    if (first.length < start) {
      throw cutShort(name, size, start);
    }
    int major = first[MAGIC.length];
    if (major < 1 || major > 3 || first[MAGIC.length + 1] != 0) {
      throw new AdvectException(
          "%s has the .npy version %d.%d; versions 1.0, 2.0 and 3.0 are read"
              .formatted(name, major, first[MAGIC.length + 1]),
          "save it with a common version of NumPy");
    }
    int lengthBytes = major == 1 ? Short.BYTES : Integer.BYTES;
    if (size < start + lengthBytes) {
      throw cutShort(name, size, start + lengthBytes);
    }
    ByteBuffer field = ByteBuffer.wrap(next(channel, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    long length =
        major == 1
            ? Short.toUnsignedLong(field.getShort())
            : Integer.toUnsignedLong(field.getInt());
    if (length > MAX_HEADER_BYTES || length > size - channel.position()) {
      throw new AdvectException(
          "%s: byte %d announces a header of %d bytes; the file has %d bytes, and %d is the limit"
              .formatted(name, start, length, size, MAX_HEADER_BYTES),
          AGAIN);
    }
    return NpyHeader.parse(name, next(channel, length), start + lengthBytes);
  }

  private static void requireMatrix(String name, NpyHeader header) {
    String shape = header.shapeText();
    if (header.shape().size() != 2) {
      throw new AdvectException(
          "%s has the shape %s; data have two dimensions, (rows, columns)".formatted(name, shape),
          header.shape().size() < 2
              ? "make it one column: numpy.save(file, array.reshape(-1, 1))"
              : "flatten each row: numpy.save(file, array.reshape(len(array), -1))");
    }
    if (header.shape().contains(0L)) {
      throw new AdvectException(
          name + " is empty: its shape is " + shape, "save at least one row and one column");
    }
  }

  private static void requireLength(String name, NpyHeader header, long found) {
    long expected;
    try {
      expected =
          Math.multiplyExact(
              Math.multiplyExact(header.shape().get(0), header.shape().get(1)), header.bytes());
    } catch (ArithmeticException _) {
      throw new AdvectException(
          "%s: the shape %s overflows 2^63 bytes".formatted(name, header.shapeText()), AGAIN);
    }
    if (expected != found) {
      throw new AdvectException(
          "%s: the shape %s takes %d bytes of data, but %d follow the header"
              .formatted(name, header.shapeText(), expected, found),
          found < expected ? AGAIN : "the file has more than one array; save each in its own file");
    }
  }

  private static void fill(
      String name, FileChannel channel, NpyHeader header, float[] values, int rows, int columns)
      throws IOException {
    int chunkBytes = (int) Math.min(CHUNK_BYTES, (long) values.length * header.bytes());
    ByteBuffer chunk = ByteBuffer.allocate(chunkBytes).order(header.order());
    int element = 0;
    while (element < values.length) {
      chunk.clear();
      long left = (long) (values.length - element) * header.bytes();
      readFully(channel, chunk.limit((int) Math.min(chunkBytes, left)));
      chunk.flip();
      while (chunk.hasRemaining()) {
        double value = header.bytes() == Float.BYTES ? chunk.getFloat() : chunk.getDouble();
        int row = header.fortran() ? element % rows : element / columns;
        int column = header.fortran() ? element / rows : element % columns;
        values[row * columns + column] = Finite32.of(value, name, row, column);
        element++;
      }
    }
  }

  private static byte[] headerBytes(int[] shape) {
    String dimensions =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(dimensions, shape.length == 1 ? "," : "");
    int prefix = MAGIC.length + VERSION_BYTES + Short.BYTES;
    int total = (prefix + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - prefix));
    bytes.put(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.remaining() > 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').array();
  }

  private static void writeBlock(OutputStream out, float[] block, ByteBuffer chunk)
      throws IOException {
    int capacity = chunk.capacity() / Float.BYTES;
    for (int from = 0; from < block.length; from += capacity) {
      int count = Math.min(capacity, block.length - from);
      chunk.clear().asFloatBuffer().put(block, from, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  private static byte[] next(FileChannel channel, long count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) count);
    readFully(channel, bytes);
    return bytes.array();
  }

  private static void readFully(FileChannel channel, ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
  }

  private static AdvectException cutShort(String name, long size, int needed) {
    return new AdvectException(
        "%s has %d bytes where the start of its header takes %d".formatted(name, size, needed),
        AGAIN);
  }
}
