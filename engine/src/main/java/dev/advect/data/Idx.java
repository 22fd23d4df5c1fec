package dev.advect.data;

import dev.advect.AdvectException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * IDX files, the format of the MNIST family, plain or gzip: two zero bytes, the element type, the
 * number of dimensions, the dimensions as big-endian 32-bit numbers, then the elements.
 *
 * <p>The first dimension counts rows, the others are flattened; with three dimensions in all each
 * row is an image of that shape.
 */
public final class Idx {
  private static final int PREFIX_BYTES = 4;
  private static final int CHUNK_BYTES = 1 << 16;

  private Idx() {}

  private enum Type {
    UNSIGNED_BYTE(0x08, 1),
    SIGNED_BYTE(0x09, 1),
    SHORT(0x0B, 2),
    INT(0x0C, 4),
    FLOAT(0x0D, 4),
    DOUBLE(0x0E, 8);

    final int code;
    final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    double next(ByteBuffer buffer) {
      return switch (this) {
        case UNSIGNED_BYTE -> Byte.toUnsignedInt(buffer.get());
        case SIGNED_BYTE -> buffer.get();
        case SHORT -> buffer.getShort();
        case INT -> buffer.getInt();
        case FLOAT -> buffer.getFloat();
        case DOUBLE -> buffer.getDouble();
      };
    }
  }

  private record Header(Type type, long[] dimensions, int bytes) {
    String shape() {
      return Arrays.stream(dimensions).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }
  }

  /**
   * Reads a file.
   *
   * @throws AdvectException naming the file and what is wrong: no IDX, an unknown element type, too
   *     few or too many bytes, or the row and the column (from 1) of a value that is not finite
   */
  public static Table read(Path file) {
    return read(Input.open(file));
  }

  /** Whether these first bytes of a file, unpacked, are those of an IDX file. */
  static boolean startsLike(byte[] first) {
    return first.length >= PREFIX_BYTES
        && first[0] == 0
        && first[1] == 0
        && Arrays.stream(Type.values()).anyMatch(type -> type.code == first[2])
        && first[3] != 0;
  }

  /** Reads and closes an opened file. */
  static Table read(Input input) {
    try (input) {
      Header header = header(input);
      long columns = 1;
      long count;
      try {
        for (int i = 1; i < header.dimensions.length; i++) {
          columns = Math.multiplyExact(columns, header.dimensions[i]);
        }
        count = Math.multiplyExact(columns, header.dimensions[0]);
        Math.multiplyExact(count, Double.BYTES);
      } catch (ArithmeticException _) {
        throw new AdvectException(
            "%s: %s elements overflow 2^63 bytes".formatted(input.name(), header.shape()),
            "the header is damaged; copy or download it again");
      }
      if (count == 0) {
        throw new AdvectException(
            "%s is empty: its dimensions are %s".formatted(input.name(), header.shape()),
            "give it at least one row and one column");
      }
      GrowingFloats.requireFits(input.name(), count);
      float[] values = values(input, header, count, columns);
      Table table = Table.of(values, (int) header.dimensions[0], (int) columns);
      return header.dimensions.length == 3
          ? table.withImage(new ImageShape((int) header.dimensions[1], (int) header.dimensions[2]))
          : table;
    } catch (IOException e) {
      throw input.problem(e);
    }
  }

  private static Header header(Input input) throws IOException {
    byte[] prefix = input.stream().readNBytes(PREFIX_BYTES);
    if (prefix.length < PREFIX_BYTES || prefix[0] != 0 || prefix[1] != 0) {
      throw new AdvectException(
          input.name() + " does not start with the two zero bytes of an IDX file",
          "check that it is one of the files of the MNIST family");
    }
    Type type =
        Arrays.stream(Type.values())
            .filter(candidate -> candidate.code == prefix[2])
            .findFirst()
            .orElseThrow(
                () ->
                    new AdvectException(
                        "%s: byte 2 is 0x%02x, which is no IDX element type"
                            .formatted(input.name(), prefix[2]),
                        "the types are 08 ubyte, 09 byte, 0b short, 0c int, 0d float, 0e double"));
    int count = Byte.toUnsignedInt(prefix[3]);
    if (count == 0) {
      throw new AdvectException(
          input.name() + ": byte 3 says that it has 0 dimensions", "give it at least one");
    }
    byte[] sizes = input.stream().readNBytes(count * Integer.BYTES);
    if (sizes.length < count * Integer.BYTES) {
      throw new AdvectException(
          "%s: the header ends at byte %d, but %d dimensions take %d bytes"
              .formatted(
                  input.name(),
                  PREFIX_BYTES + sizes.length,
                  count,
                  PREFIX_BYTES + count * Integer.BYTES),
          "copy or download it again");
    }
    ByteBuffer buffer = ByteBuffer.wrap(sizes);
    long[] dimensions = new long[count];
    Arrays.setAll(dimensions, _ -> Integer.toUnsignedLong(buffer.getInt()));
    return new Header(type, dimensions, PREFIX_BYTES + sizes.length);
  }

  /** Reads as many elements as announced; memory grows with what is there. */
  private static float[] values(Input input, Header header, long count, long columns)
      throws IOException {
    long expected = count * header.type.bytes;
    if (!input.gzip() && input.size() - header.bytes != expected) {
      throw wrongLength(input, header, expected, Long.toString(input.size() - header.bytes));
    }
    GrowingFloats values =
        input.gzip() ? new GrowingFloats(input.name()) : new GrowingFloats(input.name(), count);
    long left = expected;
    while (left > 0) {
      byte[] chunk = input.stream().readNBytes((int) Math.min(CHUNK_BYTES, left));
      left -= chunk.length;
      if (chunk.length == 0) {
        throw wrongLength(input, header, expected, "only " + (expected - left));
      }
      ByteBuffer buffer = ByteBuffer.wrap(chunk);
      while (buffer.remaining() >= header.type.bytes) {
        int row = (int) (values.size() / columns);
        int column = (int) (values.size() % columns);
        values.add(Finite32.of(header.type.next(buffer), input.name(), row, column));
      }
    }
    if (input.stream().read() >= 0) {
      throw wrongLength(input, header, expected, "more");
    }
    return values.toArray();
  }

  private static AdvectException wrongLength(
      Input input, Header header, long expected, String found) {
    return new AdvectException(
        "%s: %s elements of %s take %d bytes, but %s follow the header"
            .formatted(
                input.name(),
                header.shape(),
                header.type.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                expected,
                found),
        "copy or download it again");
  }
}
