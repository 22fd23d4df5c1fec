package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  @TempDir Path folder;

  @Test
  void readsNumbersAndNoHeader() throws IOException {
    Table table = read("1,-2.5\n3e2,.5\n+4.,1E-3\n");
    assertThat(table.rows()).isEqualTo(3);
    assertThat(table.columns()).isEqualTo(2);
    assertThat(table.values()).containsExactly(1, -2.5f, 300, 0.5f, 4, 0.001f);
    assertThat(table.names()).isEmpty();
  }

  @Test
  void headerIsARowWithoutANumber() throws IOException {
    Table table = read("width,\"a, \"\"b\"\"\"\n1,2\n");
    assertThat(table.names()).contains(List.of("width", "a, \"b\""));
    assertThat(table.values()).containsExactly(1, 2);
    assertThat(read(",x\n1,2\n").names()).contains(List.of("", "x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2\r\n3,4\r\n",
        "1,2\r3,4",
        "1,2\n3,4\n\n\n",
        "1,2\n3,4\n \n",
        "\"1\",\"2\"\n \"3\" , 4 \n",
        "\uFEFF1,2\n3,4"
      })
  void lineEndsBlanksQuotesAndMarksAreTolerated(String text) throws IOException {
    assertThat(read(text).values()).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1,2\\n3\\n            | row 2 has 1 columns where row 1 has 2",
        "1,2\\n3,4,5\\n        | row 2 has more than the 2 columns of row 1",
        "1,2\\n3,abc\\n        | row 2, column 2 is 'abc', which is no number",
        "a,b\\n1,2\\n3,x y\\n  | row 3, column 2 (b) is 'x y', which is no number",
        "1,abc\\n1,2\\n        | row 1, column 2 is 'abc'",
        "1,2\\n,4\\n           | row 2, column 1 is empty",
        "1,2\\n3,\\n           | row 2, column 2 is empty",
        "1,2\\n3,nan\\n        | row 2, column 2 is 'nan'",
        "1,2\\n-Infinity,4\\n  | row 2, column 1 is '-Infinity'",
        "NaN,NaN\\n            | row 1, column 1 is 'NaN'",
        "1,2\\n3,1e39\\n       | row 2, column 2 is 1e39, beyond the largest",
        "1,2\\n\\n3,4\\n       | row 2 is blank, and data follow in row 3",
        "1,2\\n0x1p3,4\\n      | row 2, column 1 is '0x1p3'",
        "1,2\\n3f,4\\n         | row 2, column 1 is '3f'",
        "1,2\\n1.2.3,4\\n      | row 2, column 1 is '1.2.3'",
        "1,2\\n.,4\\n          | row 2, column 1 is '.'",
        "1,2\\n1e,4\\n         | row 2, column 1 is '1e'",
        "1,2\\n\"3,4\\n        | row 2, column 1 opens a double quote that is not closed",
        "1,2\\n\"3\"4,4\\n     | row 2, column 1 has more text after its closing double quote",
        "1,2\\n3\\0,4\\n       | row 2, column 1 holds a zero byte",
        "x,y\\n                | has a header of 2 columns and no row",
        ",,\\n                 | row 1, column 1 is empty",
        "\\n1,2                | row 1 is blank",
        "``                    | is empty",
      })
  void refusesNamingRowAndColumn(String text, String fragment) throws IOException {
    Path file = write(text.replace("\\n", "\n").replace("\\0", "\0"));
    assertRefused(() -> Csv.read(file), "data.csv", fragment);
  }

  @Test
  void otherSeparatorsAreHintedAt() throws IOException {
    Path file = write("1,2\n3;4\n");
    assertThat(assertRefused(() -> Csv.read(file), "'3;4'").hint()).contains("commas");
  }

  @Test
  void endlessFieldIsRefusedWithoutReadingItAll() throws IOException {
    Path file = write("1".repeat(100_000));
    assertRefused(() -> Csv.read(file), "row 1, column 1 is longer than 4096 bytes");
  }

  @Test
  void gzipIsKnownByItsContent() throws IOException {
    byte[] packed = gzip("1,2\n3,4\n");
    for (String name : List.of("a.csv.gz", "a.csv")) {
      Path file = Files.write(folder.resolve(name), packed);
      assertThat(Csv.read(file).values()).containsExactly(1, 2, 3, 4);
    }
    Path plain = Files.writeString(folder.resolve("plain.csv.gz"), "1,2\n");
    assertRefused(() -> Csv.read(plain), "plain.csv.gz", "1f 8b");
  }

  @Test
  void everyCutOfAGzipIsReported() throws IOException {
    byte[] packed = gzip("1,2\n3,4\n5,6\n");
    for (int length = 2; length < packed.length; length++) {
      Path file = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(packed, length));
      assertRefused(() -> Csv.read(file), "cut.csv.gz", "cut short", length + " bytes");
    }
    packed[packed.length - 6] ^= 1; // the checksum
    Path damaged = Files.write(folder.resolve("damaged.csv.gz"), packed);
    assertRefused(() -> Csv.read(damaged), "damaged.csv.gz", "damaged");
  }

  @Test
  void writtenTablesReadBackBitForBit() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[3000];
    for (int i = 0; i < values.length; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isFinite(value) ? value : -0f;
    }
    Table table = Table.of(values, 1000, 3).withNames(List.of("a", "b, c", "say \"d\""));
    for (String name : List.of("t.csv", "t.csv.gz")) {
      Path file = folder.resolve(name);
      Csv.write(file, table);
      Table back = Csv.read(file);
      assertThat(back.names()).isEqualTo(table.names());
      assertThat(bits(back.values())).isEqualTo(bits(values));
    }
    assertThat(Files.size(folder.resolve("t.csv.gz")))
        .isLessThan(Files.size(folder.resolve("t.csv")));
  }

  @Test
  void writesTheShortestText() throws IOException {
    Path file = folder.resolve("s.csv");
    Csv.write(file, Table.of(new float[] {0.1f, 1e10f, -3, 16777216}, 2, 2));
    assertThat(file).hasContent("0.1,1.0E10\n-3.0,1.6777216E7\n");
  }

  @Test
  void namesThatWouldNotReadBackAreABug() {
    Table table = Table.of(new float[1], 1, 1);
    for (String name : List.of("7", "nan", "a\nb")) {
      assertThatThrownBy(() -> Csv.write(folder.resolve("n.csv"), table.withNames(List.of(name))))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void garbageIsNeverMoreThanRefused() throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    String alphabet = "0123456789,,,\n\r\".-+eE anif\u0000\u00e9";
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Path file = write(text.toString());
      if (round % 3 == 0) {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        Files.write(file, bytes);
      }
      try {
        Csv.read(file);
      } catch (AdvectException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(2500);
  }

  private Table read(String text) throws IOException {
    return Csv.read(write(text));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("data.csv"), text);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
