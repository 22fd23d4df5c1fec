package dev.advect.tests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A NumPy file of version 1.0, read and written by hand: any number of dimensions, any type's name.
 *
 * @param shape its dimensions
 * @param values little-endian float32, row-major
 */
record NpyBytes(List<Integer> shape, float[] values) {
  private static final int PREFIX = 10;
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([0-9, ]*)\\)");

  static NpyBytes read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int data = PREFIX + bytes.getShort(8);
    String header = new String(bytes.array(), PREFIX, data - PREFIX, StandardCharsets.ISO_8859_1);
    Matcher shape = SHAPE.matcher(header);
    if (!shape.find() || !header.contains("'<f4'") || !header.contains("'fortran_order': False")) {
      throw new AssertionError("no rows of float32: " + header);
    }
    List<Integer> dims =
        Stream.of(shape.group(1).split(","))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(Integer::valueOf)
            .toList();
    float[] values = new float[(bytes.capacity() - data) / Float.BYTES];
    bytes.position(data).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    int expected = dims.stream().reduce(1, Math::multiplyExact);
    if (values.length != expected) {
      throw new AssertionError(
          "%s takes %d numbers, not %d".formatted(dims, expected, values.length));
    }
    return new NpyBytes(dims, values);
  }

  /** Writes a file of zero bytes under a header that may say anything. */
  static void write(Path file, String type, String shape, int dataBytes) throws IOException {
    String header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
    byte[] text = Arrays.copyOf(header.getBytes(StandardCharsets.ISO_8859_1), 118);
    Arrays.fill(text, header.length(), 117, (byte) ' ');
    text[117] = '\n';
    ByteBuffer bytes =
        ByteBuffer.allocate(PREFIX + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    bytes.put((byte) 1).put((byte) 0).putShort((short) text.length).put(text);
    Files.write(file, bytes.array());
  }
}
