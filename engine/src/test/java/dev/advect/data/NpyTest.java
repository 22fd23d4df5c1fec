package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  /** Bytes of NumPy 2.4's own {@code write_array}, of the matrix in {@link #MATRIX}. */
  private static final String LITTLE_FLOAT_C_1_0 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs"
          + "IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAMA/AAAAwAAAQEAAAIBACtejO8DhZMw=";

  private static final String BIG_FLOAT_C_2_0 =
      "k05VTVBZAgB0AAAAeydkZXNjcic6ICc+ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo"
          + "MiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAo/wAAAwAAAAEBAAABAgAAAO6PXCsxk4cA=";

  private static final String LITTLE_DOUBLE_FORTRAN_3_0 =
      "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IFRydWUsICdzaGFwZSc6ICgy"
          + "LCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAoAAAAAAAD4PwAAAAAAABBAAAAAAAAAAMB7FK5H4Xp0PwAAAAAAAAhAAAAAADicjME=";

  private static final String BIG_DOUBLE_FORTRAN_1_0 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwg"
          + "MyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
          + "IAo/+AAAAAAAAEAQAAAAAAAAwAAAAAAAAAA/dHrhR64Ue0AIAAAAAAAAwYycOAAAAAA=";

  private static final float[] MATRIX = {1.5f, -2, 3, 4, 5e-3f, -6e7f};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        LITTLE_FLOAT_C_1_0,
        BIG_FLOAT_C_2_0,
        LITTLE_DOUBLE_FORTRAN_3_0,
        BIG_DOUBLE_FORTRAN_1_0
      })
  void readsWhatNumpyWrote(String base64) throws IOException {
    Table table = Npy.read(write(Base64.getDecoder().decode(base64)));
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.columns()).isEqualTo(3);
    assertThat(table.values()).containsExactly(MATRIX);
  }

  @Test
  void writesWhatNumpyWrites() {
    Path file = folder.resolve("m.npy");
    Npy.write(file, Table.of(MATRIX, 2, 3));
    assertThat(file).hasBinaryContent(Base64.getDecoder().decode(LITTLE_FLOAT_C_1_0));
  }

  @Test
  void trajectoriesHaveThreeDimensions() throws IOException {
    Path blocks = folder.resolve("blocks.npy");
    Path whole = folder.resolve("whole.npy");
    Npy.write(blocks, List.of(new float[] {1, 2}, new float[] {3, 4}, new float[] {5, 6}), 3, 1, 2);
    Npy.write(whole, new float[] {1, 2, 3, 4, 5, 6}, 3, 1, 2);
    assertThat(blocks).hasSameBinaryContentAs(whole);
    byte[] bytes = Files.readAllBytes(whole);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("'shape': (3, 1, 2), }");
    assertThat(bytes).hasSize(128 + 24);
    Npy.write(whole, new float[] {1, 2}, 2);
    assertThat(Files.readString(whole, StandardCharsets.ISO_8859_1)).contains("'shape': (2,), }");
    assertThatThrownBy(() -> Npy.write(whole, new float[5], 2, 3))
        .hasMessageContainingAll("[2, 3]", "6", "5");
  }

  @Test
  void largeArraysCrossChunks() {
    float[] values = new float[3 * 100_003];
    Arrays.fill(values, 1);
    values[values.length - 1] = 9;
    values[1 << 18] = -7;
    Path file = folder.resolve("large.npy");
    Npy.write(file, Table.of(values, 100_003, 3));
    assertThat(Arrays.equals(Npy.read(file).values(), values)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<f4 | False | (3,)            | 12 | has the shape (3,)                | reshape(-1, 1)",
        "<f4 | False | ()              | 4  | has the shape ()                  | reshape(-1, 1)",
        "<f4 | False | (1, 2, 3)       | 24 | has the shape (1, 2, 3)        | reshape(len(array),"
            + " -1)",
        "<f4 | False | (0, 2)          | 0  | is empty: its shape is (0, 2)     | one row",
        "<f4 | False | (2, 2)          | 12 | takes 16 bytes of data, but 12    | cut short",
        "<f8 | True  | (2, 2)          | 33 | takes 32 bytes of data, but 33    | more than one"
            + " array",
        "<f4 | False | (4611686018427387904, 4) | 8 | overflows                 | cut short",
        "<f4 | False | (1000000000, 1000) | 8 | takes 4000000000000 bytes, but 8  | cut short",
        "<i8 | False | (1, 1)          | 8  | elements of type '<i8'            |"
            + " astype('float32')",
        "O   | False | (1, 1)          | 8  | elements of type 'O'              |"
            + " astype('float32')",
        "<f4 | false | (1, 1)          | 4  | neither True nor False            | numpy.save",
        "<f4 | False | (-1, 1)         | 4  | dimension that is no whole number | numpy.save",
        "<f4 | False | (1, 99999999999999999999) | 4 | dimension of 20 digits  | numpy.save",
      })
  void refusesOtherShapesTypesAndLengths(
      String descr, String fortran, String shape, int bytes, String fragment, String hint)
      throws IOException {
    Path file =
        write(
            npy(
                "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
                    .formatted(descr, fortran, shape),
                new byte[bytes]));
    String found = fragment.replace("bytes, but", "bytes of data, but");
    assertThat(assertRefused(() -> Npy.read(file), "data.npy", found).hint()).contains(hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<f4', 'shape': (1, 1)}     | lacks one of",
        "{'descr': '<f4', 'descr': '<f4'}      | has 'descr' twice",
        "{'colour': 'red'}                     | unknown key 'colour'",
        "{'descr': [('a', '<f4')]}             | structured elements",
        "{'descr': '<f4'                       | has no '}'",
        "{'descr' '<f4'}                       | has no ':'",
        "{'descr': <f4}                        | no quoted text",
        "{}x                                   | goes on after its closing brace",
        "[]                                    | has no '{'",
      })
  void refusesBrokenHeaders(String header, String fragment) throws IOException {
    Path file = write(npy(header, new byte[4]));
    assertRefused(() -> Npy.read(file), "data.npy", fragment);
  }

  @Test
  void refusesWhatIsNoNpyBeforeTheHeader() throws IOException {
    assertRefused(() -> Npy.read(write(new byte[0])), "0 bytes", "93 'NUMPY'");
    assertRefused(() -> Npy.read(write("1,2\n3,4\n".getBytes())), "93 'NUMPY'");
    byte[] good = npy("{}", new byte[4]);
    assertRefused(() -> Npy.read(write(Arrays.copyOf(good, 7))), "7 bytes", "8");
    assertRefused(() -> Npy.read(write(Arrays.copyOf(good, 9))), "9 bytes", "10");
    assertRefused(() -> Npy.read(write(Arrays.copyOf(good, 11))), "header of 2 bytes", "11 bytes");
    good[6] = 4;
    assertRefused(() -> Npy.read(write(good)), "version 4.0");
    good[6] = 2;
    ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
    assertRefused(() -> Npy.read(write(good)), "header of 4294967295 bytes");
    assertRefused(() -> Npy.read(folder.resolve("no.npy")), "no.npy", "does not exist");
  }

  @Test
  void valuesThatAreNotFiniteAreNamed() throws IOException {
    float[] values = {1, 2, 3, Float.NaN, 5, 6};
    Path file = folder.resolve("n.npy");
    Npy.write(file, values, 3, 2);
    assertRefused(() -> Npy.read(file), "n.npy: row 2, column 2 is NaN");
    ByteBuffer doubles = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(1).putDouble(2).putDouble(-1e300).putDouble(4);
    String header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2)}";
    Path large = write(npy(header, doubles.array()));
    assertRefused(() -> Npy.read(large), "row 1, column 2 is -1.0E300", "3.4e38");
  }

  @Test
  void headersOfOldPythonsAreRead() throws IOException {
    String header = "{\"shape\": (1L, 2L,), 'fortran_order':False,'descr':'<f4',}  \n";
    assertThat(Npy.read(write(npy(header, new byte[8]))).columns()).isEqualTo(2);
  }

  @Test
  void damagedFilesAreNeverMoreThanRefused() throws IOException {
    byte[] good = Base64.getDecoder().decode(LITTLE_FLOAT_C_1_0);
    SplittableRandom random = new SplittableRandom(5);
    int refused = 0;
    for (int round = 0; round < 4000; round++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(152) : 152);
      for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
        bytes[random.nextInt(Math.min(bytes.length, 80))] = (byte) random.nextInt();
      }
      Path file = write(bytes);
      try {
        Npy.read(file);
      } catch (AdvectException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(3000);
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("data.npy"), bytes);
  }

  private static byte[] npy(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(10 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(Npy.MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }
}
