package dev.advect.file;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void roundTripKeepsOrderBitsAndMetadata() {
    float[] weights = {1.5f, -0f, Float.NaN, Float.MIN_VALUE, Float.POSITIVE_INFINITY, 3e38f};
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z.weight", Tensor.f32(weights, 2, 3));
    tensors.put("a.bias", Tensor.f32(new float[] {7}, 1));
    tensors.put("step", Tensor.u64(new long[] {-1}));
    tensors.put("counts", Tensor.i64(new long[] {Long.MIN_VALUE, 5}, 2));
    tensors.put("none", Tensor.f32(new float[0], 0, 4));
    Map<String, String> metadata = Map.of("config", "a: \"b\"\nü", "version", "1");
    Path file = folder.resolve("m.safetensors");
    Safetensors.write(file, metadata, tensors);

    SafetensorsFile read = Safetensors.read(file);
    assertThat(read.metadata()).isEqualTo(metadata);
    assertThat(read.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    assertThat(read.tensors()).isEqualTo(tensors);
    float[] back = read.require("z.weight", Tensor.DType.F32, 2, 3).floats();
    for (int i = 0; i < weights.length; i++) {
      assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(Float.floatToRawIntBits(weights[i]));
    }
    assertThat(read.require("step", Tensor.DType.U64).longs()).containsExactly(-1);
    assertThat(read.tensors().get("counts").longs()).containsExactly(Long.MIN_VALUE, 5);
    assertThat(read.tensors().get("none").floats()).isEmpty();
  }

  @Test
  void bytesAreThoseOfTheFormat() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Tensor.f32(new float[] {1, -2}, 2, 1));
    Path file = folder.resolve("m.safetensors");
    Safetensors.write(file, Map.of("k", "v"), tensors);

    byte[] bytes = Files.readAllBytes(file);
    String json =
        "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],"
            + "\"data_offsets\":[0,8]}}";
    int header = (json.length() + 7) / 8 * 8;
    assertThat(bytes).hasSize(8 + header + 8);
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(header);
    assertThat(new String(bytes, 8, header, StandardCharsets.UTF_8))
        .isEqualTo(json + " ".repeat(header - json.length()));
    assertThat(Arrays.copyOfRange(bytes, 8 + header, bytes.length))
        .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
  }

  @Test
  void metadataOrderDoesNotChangeTheBytes() throws IOException {
    SequencedMap<String, String> one = new LinkedHashMap<>();
    one.put("b", "2");
    one.put("a", "1");
    Path first = folder.resolve("1");
    Path second = folder.resolve("2");
    Safetensors.write(first, one, new LinkedHashMap<>());
    Safetensors.write(second, one.reversed(), new LinkedHashMap<>());
    assertThat(first).hasSameBinaryContentAs(second);
    assertThat(Safetensors.read(first).tensors()).isEmpty();
  }

  @Test
  void otherElementTypesAreConverted() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putInt(-3).putInt(-1).putShort((short) 0x3c00).putShort((short) 0xbf80);
    data.putShort((short) 0xffff).put((byte) 0xff).put((byte) 0xff).put((byte) 1).put((byte) 9);
    Path file =
        save(
            header(
                "d F64 [1] 0 8, i I32 [] 8 12, u U32 [1] 12 16, h F16 [1] 16 18, b BF16 [1] 18 20,"
                    + " s U16 [1] 20 22, c U8 [1] 22 23, e I8 [1] 23 24, t BOOL [2] 24 26"),
            data.array());
    var tensors = Safetensors.read(file).tensors();
    assertThat(tensors.get("d").floats()).containsExactly(0.1f);
    assertThat(tensors.get("i").longs()).containsExactly(-3);
    assertThat(tensors.get("u").longs()).containsExactly(0xffffffffL);
    assertThat(tensors.get("h").floats()).containsExactly(1f);
    assertThat(tensors.get("b").floats()).containsExactly(-1f);
    assertThat(tensors.get("s").longs()).containsExactly(0xffff);
    assertThat(tensors.get("c").longs()).containsExactly(255);
    assertThat(tensors.get("e").longs()).containsExactly(-1);
    assertThat(tensors.get("t").longs()).containsExactly(1, 9);
    assertThat(tensors.get("d").data().isReadOnly()).isTrue();
    assertRefused(() -> tensors.get("d").longs(), "F64 [1]", "integers");
    assertRefused(() -> tensors.get("i").floats(), "I32 []", "floating-point");
  }

  @Test
  void requiredTensorsMustFit() {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("field.layers.0.weight", Tensor.f32(new float[6], 2, 3));
    Path file = folder.resolve("m.safetensors");
    Safetensors.write(file, Map.of("seed", "0"), tensors);
    SafetensorsFile read = Safetensors.read(file);
    assertRefused(
        () -> read.require("field.layers.0.weight", Tensor.DType.F32, 3, 2),
        "m.safetensors",
        "field.layers.0.weight",
        "F32 [2, 3]",
        "F32 [3, 2]");
    assertThat(
            assertRefused(() -> read.require("x", Tensor.DType.F32), "no tensor 'x'", "1").hint())
        .contains("field.layers.0.weight");
    assertThat(read.requireMetadata("seed")).isEqualTo("0");
    assertRefused(() -> read.requireMetadata("step"), "m.safetensors", "'step'", "[seed]");
  }

  @Test
  void fileLengthsAreCheckedBeforeTheHeaderIsBelieved() throws IOException {
    assertRefused(() -> Safetensors.read(write(new byte[0])), "bad.safetensors", "0 bytes");
    assertRefused(() -> Safetensors.read(write(new byte[7])), "7 bytes");
    assertRefused(() -> Safetensors.read(write(length(1000))), "1000 bytes", "only 0 follow");
    assertRefused(() -> Safetensors.read(write(length(100_000_001))), "100000001", "100000000");
    assertRefused(() -> Safetensors.read(write(length(-1))), "18446744073709551615");
    assertRefused(() -> Safetensors.read(folder.resolve("none")), "none", "does not exist");
    assertRefused(() -> Safetensors.read(folder), "is a folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "w F32 [2] 0 4              | tensor 'w' | F32 [2] takes 8 bytes    | [0, 4] give it 4",
        "w F32 [2] 0 16             | tensor 'w' | ends at byte 16          | only 8 bytes follow",
        "w F32 [2] 8 0              | tensor 'w' | [8, 0]                   | [begin, end]",
        "w F32 [-2] 0 8             | tensor 'w' | negative number -2       | byte 3",
        "w F32 [2] -8 0             | tensor 'w' | negative number -8       | data_offsets",
        "w F33 [2] 0 8              | tensor 'w' | unknown dtype 'F33'      | w",
        "w F32 [1.5] 0 8            | tensor 'w' | a fraction               | whole number",
        "w F32 [4611686018427387904,4] 0 8 | tensor 'w' | overflows      | 4611686018427387904",
        "w F32 [99999999999999999999] 0 8 | no valid JSON | out of range     | byte",
        "w F32 [1] 0 4              | take 4 bytes | 8 bytes of data        | tensors",
        "w F32 [1] 4 8              | tensor 'w' | starts at byte 4         | hole after byte 0",
        "w F32 [2] 0 8, v F32 [1] 4 8 | tensor 'v' | starts at byte 4    | inside another",
        "w F32 [1] 0 4, w F32 [1] 4 8 | tensor 'w' | appears twice          | byte",
      })
  void entriesMustFitTheData(String entries, String first, String second, String third)
      throws IOException {
    Path file = save(header(entries), new byte[8]);
    assertRefused(() -> Safetensors.read(file), "bad.safetensors", first, second, third);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                        | the header is an array where an object"
            + " belongs",
        "{                                         | no valid JSON at byte",
        "{} {}                                     | more after the end",
        "{`w`: 3}                                  | tensor 'w' is a whole number",
        "{`w`: {}}                                 | tensor 'w' lacks one of dtype",
        "{`w`: {`dtype`: 4}}                       | dtype is a whole number where a string",
        "{`w`: {`dtype`: `F32`, `dtype`: `F32`}}   | has 'dtype' twice",
        "{`w`: {`colour`: `F32`}}                  | unknown key 'colour'",
        "{`w`: {`shape`: null}}                    | shape is null where an array belongs",
        "{`__metadata__`: []}                      | __metadata__ is an array",
        "{`__metadata__`: {`a`: 1}}                | metadata 'a' is a whole number",
        "{`__metadata__`: {`a`:`1`,`a`:`2`}}       | metadata 'a' appears twice",
        "{`__metadata__`: {}, `__metadata__`: {}}  | __metadata__ appears twice",
        "{`w`: {`dtype`:`F32`,`shape`:[],`data_offsets`:[0]}} | data_offsets [0]",
      })
  void headersMustBeWellFormed(String json, String fragment) throws IOException {
    Path file = save(json.replace('`', '"').getBytes(StandardCharsets.UTF_8), new byte[0]);
    AdvectException refused =
        assertRefused(() -> Safetensors.read(file), "bad.safetensors", fragment);
    assertThat(refused.getMessage()).containsPattern("byte \\d+");
  }

  @Test
  void damagedFilesAreNeverMoreThanRefused() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.f32(new float[] {1, 2, 3}, 3));
    tensors.put("b", Tensor.i64(new long[] {4}, 1));
    Path whole = folder.resolve("whole");
    Safetensors.write(whole, Map.of("k", "v"), tensors);
    byte[] good = Files.readAllBytes(whole);
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path file = write(bytes);
      try {
        Safetensors.read(file);
      } catch (AdvectException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(2500);
  }

  @Test
  void randomHeadersAreRefused() throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    String alphabet = "{}[]\",:0123456789.-eE w dtypeshapdata_offsetsF32\\u\u00e9\u0000";
    for (int round = 0; round < 2000; round++) {
      StringBuilder json = new StringBuilder("{\"w\":");
      for (int length = random.nextInt(40); length > 0; length--) {
        json.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      byte[] garbage = json.toString().getBytes(StandardCharsets.UTF_8);
      if (round % 2 == 0) {
        random.nextBytes(garbage);
      }
      Path file = save(garbage, new byte[0]);
      assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(AdvectException.class);
    }
  }

  @Test
  void tensorsCheckTheirLength() {
    assertThatThrownBy(() -> Tensor.f32(new float[3], 2))
        .hasMessageContainingAll("F32 [2]", "8 bytes", "12");
    assertThatThrownBy(() -> Tensor.f32(new float[1], -1)).hasMessageContaining("[-1]");
    SequencedMap<String, Tensor> reserved = new LinkedHashMap<>();
    reserved.put("__metadata__", Tensor.f32(new float[1], 1));
    assertThatThrownBy(() -> Safetensors.write(folder.resolve("x"), Map.of(), reserved))
        .hasMessageContaining("__metadata__");
    assertThat(folder).isEmptyDirectory();
  }

  /** A header from entries written as {@code name dtype shape begin end}. */
  private static byte[] header(String entries) {
    List<String> json =
        Arrays.stream(entries.strip().split(", "))
            .map(entry -> entry.strip().split(" "))
            .map(
                part ->
                    "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
                        .formatted((Object[]) part))
            .toList();
    return ("{" + String.join(",", json) + "}").getBytes(StandardCharsets.UTF_8);
  }

  private Path save(byte[] header, byte[] data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).put(data);
    return write(bytes.array());
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("bad.safetensors"), bytes);
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }
}
