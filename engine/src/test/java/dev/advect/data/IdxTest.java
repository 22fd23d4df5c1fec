package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.AdvectException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  @Test
  void imagesKeepTheirShape() throws IOException {
    byte[] data = {0, 1, 2, 3, 4, (byte) 255, 6, 7, 8, 9, 10, 11};
    Table table = Idx.read(write(idx(0x08, data, 2, 2, 3)));
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.columns()).isEqualTo(6);
    assertThat(table.image()).contains(new ImageShape(2, 3));
    assertThat(table.values()).containsExactly(0, 1, 2, 3, 4, 255, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void everyElementTypeIsRead() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(16);
    assertThat(values(0x09, new byte[] {-1, 2}, 2)).containsExactly(-1, 2);
    assertThat(values(0x0B, buffer.clear().putShort((short) -300).putShort((short) 7), 2))
        .containsExactly(-300, 7);
    assertThat(values(0x0C, buffer.clear().putInt(-70000).putInt(7), 2)).containsExactly(-70000, 7);
    assertThat(values(0x0D, buffer.clear().putFloat(0.1f).putFloat(-2), 2))
        .containsExactly(0.1f, -2);
    assertThat(values(0x0E, buffer.clear().putDouble(0.1).putDouble(-2), 2))
        .containsExactly(0.1f, -2);
  }

  @Test
  void otherNumbersOfDimensionsAreFlattened() throws IOException {
    Table one = Idx.read(write(idx(0x08, new byte[3], 3)));
    assertThat(one.columns()).isEqualTo(1);
    Table four = Idx.read(write(idx(0x08, new byte[24], 2, 3, 2, 2)));
    assertThat(four.columns()).isEqualTo(12);
    assertThat(four.image()).isEmpty();
  }

  @Test
  void gzipIsUnpackedAndItsLengthChecked() throws IOException {
    byte[] data = new byte[200_000];
    Arrays.fill(data, (byte) 3);
    float[] threes = new float[200_000];
    Arrays.fill(threes, 3);
    byte[] good = idx(0x08, data, 200, 1000);
    assertThat(Arrays.equals(Idx.read(write(gzip(good))).values(), threes)).isTrue();
    byte[] cut = Arrays.copyOf(good, good.length - 5);
    assertRefused(
        () -> Idx.read(write(gzip(cut))), "data.idx", "200 x 1000", "200000", "only 199995");
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertRefused(() -> Idx.read(write(gzip(longer))), "take 200000 bytes, but more follow");
    byte[] packed = gzip(good);
    byte[] truncated = Arrays.copyOf(packed, packed.length / 2);
    assertRefused(() -> Idx.read(write(truncated)), "cut short", truncated.length + " bytes");
  }

  @Test
  void lyingHeadersCostNoMemory() throws IOException {
    byte[] lie = idx(0x0E, new byte[8], 100_000_000, 10);
    assertRefused(() -> Idx.read(write(lie)), "100000000 x 10", "8000000000 bytes", "but 8 follow");
    assertRefused(() -> Idx.read(write(gzip(lie))), "8000000000 bytes", "only 8 follow");
    byte[] overflow = idx(0x08, new byte[8], -1, -1, -1);
    assertRefused(() -> Idx.read(write(overflow)), "4294967295 x 4294967295", "overflow");
    byte[] many = idx(0x08, new byte[8], -1, 2);
    assertRefused(() -> Idx.read(write(gzip(many))), "8589934590 numbers", "2147483639");
  }

  @Test
  void refusesNamingTheByte() throws IOException {
    assertRefused(() -> Idx.read(write(new byte[0])), "data.idx", "two zero bytes");
    assertRefused(() -> Idx.read(write(new byte[] {1, 0, 8, 1})), "two zero bytes");
    assertRefused(() -> Idx.read(write(new byte[] {0, 0, 7, 1})), "byte 2 is 0x07");
    assertRefused(() -> Idx.read(write(new byte[] {0, 0, 8, 0})), "byte 3", "0 dimensions");
    assertRefused(
        () -> Idx.read(write(new byte[] {0, 0, 8, 2, 0, 0, 0})), "ends at byte 7", "12 bytes");
    assertRefused(() -> Idx.read(write(idx(0x08, new byte[0], 0, 5))), "is empty", "0 x 5");
    assertRefused(
        () -> Idx.read(write(idx(0x08, new byte[3], 2, 2))), "take 4 bytes, but 3 follow");
    assertRefused(
        () -> Idx.read(write(idx(0x08, new byte[5], 2, 2))), "take 4 bytes, but 5 follow");
    byte[] nan = ByteBuffer.allocate(16).putFloat(12, Float.NaN).array();
    assertRefused(() -> Idx.read(write(idx(0x0D, nan, 2, 2))), "row 2, column 2 is NaN");
  }

  @Test
  void garbageIsNeverMoreThanRefused() throws IOException {
    SplittableRandom random = new SplittableRandom(6);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      for (int i = 0; i < Math.min(2, bytes.length); i++) {
        bytes[i] = 0;
      }
      if (bytes.length > 3) {
        bytes[2] = (byte) (8 + random.nextInt(7));
        bytes[3] = (byte) random.nextInt(4);
      }
      Path file = write(round % 2 == 0 ? bytes : gzip(bytes));
      try {
        Idx.read(file);
      } catch (AdvectException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(2900);
  }

  private float[] values(int type, ByteBuffer data, int... dimensions) throws IOException {
    return values(type, Arrays.copyOf(data.array(), data.position()), dimensions);
  }

  private float[] values(int type, byte[] data, int... dimensions) throws IOException {
    return Idx.read(write(idx(type, data, dimensions))).values();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("data.idx"), bytes);
  }

  static byte[] idx(int type, byte[] data, int... dimensions) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length);
    bytes.put((byte) 0).put((byte) 0).put((byte) type).put((byte) dimensions.length);
    for (int dimension : dimensions) {
      bytes.putInt(dimension);
    }
    return bytes.put(data).array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
