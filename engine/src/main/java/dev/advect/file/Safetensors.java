package dev.advect.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.advect.AdvectException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Reads and writes the safetensors format: eight bytes of header length (little-endian), a JSON
 * header with name, element type, shape and byte range of each tensor, then the raw data.
 *
 * <p>The format is that of the safetensors project. Reading checks the header against the length of
 * the file before it sets memory aside: the byte ranges must cover the data exactly, without
 * overlap or hole.
 */
public final class Safetensors {
  /** The key under which the header keeps its free text. */
  static final String METADATA = "__metadata__";

  /** The longest header that is read, as in the format's reference reader. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  static final JsonFactory JSON = new JsonFactory();

  private static final int ALIGNMENT = 8;
  private static final int CHUNK_BYTES = 1 << 20;

  private Safetensors() {}

  /**
   * Reads a file whole.
   *
   * @throws AdvectException if the file cannot be read or breaks the format anywhere; the message
   *     names the file and the byte or the tensor
   */
  public static SafetensorsFile read(Path file) {
    FileProblems.requireReadable(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long headerBytes = headerBytes(file, channel, size);
      ByteBuffer header = read(channel, Long.BYTES, (int) headerBytes);
      long dataStart = Long.BYTES + headerBytes;
      SafetensorsHeader parsed = SafetensorsHeader.parse(file, header.array(), size - dataStart);
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      for (var named : parsed.tensors().entrySet()) {
        SafetensorsHeader.Entry entry = named.getValue();
        ByteBuffer data = read(channel, dataStart + entry.begin(), (int) entry.bytes());
        tensors.put(named.getKey(), new Tensor(entry.dtype(), entry.shape(), data));
      }
      return new SafetensorsFile(file, parsed.metadata(), tensors);
    } catch (IOException e) {
      throw FileProblems.reading(file.toString(), e);
    } catch (OutOfMemoryError e) {
      throw new AdvectException(
          file + " does not fit in the memory left to the JVM",
          "give it a larger heap, for example JAVA_TOOL_OPTIONS=-Xmx8g",
          e);
    }
  }

  /**
   * Writes a file atomically: the tensors in the order of the map, the metadata sorted by key, the
   * header padded with spaces to a multiple of eight bytes. The same input gives the same bytes.
   *
   * @throws AdvectException if the file cannot be written; an older file is then untouched
   */
  public static void write(
      Path file, Map<String, String> metadata, SequencedMap<String, Tensor> tensors) {
    AtomicFile.write(
        file,
        out -> {
          byte[] header = header(metadata, tensors);
          ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(header.length).array());
          out.write(header);
          for (Tensor tensor : tensors.values()) {
            copy(tensor.data(), out);
          }
        });
  }

  private static byte[] header(Map<String, String> metadata, SequencedMap<String, Tensor> tensors)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (var entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (var entry : tensors.entrySet()) {
        offset = writeEntry(json, entry.getKey(), entry.getValue(), offset);
      }
      json.writeEndObject();
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static long writeEntry(JsonGenerator json, String name, Tensor tensor, long begin)
      throws IOException {
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException("no tensor may be named " + METADATA);
    }
    long end = begin + tensor.data().remaining();
    json.writeObjectFieldStart(name);
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeArrayFieldStart("shape");
    for (long dimension : tensor.shape()) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("data_offsets");
    json.writeNumber(begin);
    json.writeNumber(end);
    json.writeEndArray();
    json.writeEndObject();
    return end;
  }

  private static long headerBytes(Path file, FileChannel channel, long size) throws IOException {
    String hint = "the file is cut short or no safetensors file; save it again";
    if (size < Long.BYTES) {
      throw new AdvectException(
          "%s has %d bytes; a safetensors file starts with 8 bytes of header length"
              .formatted(file, size),
          hint);
    }
    long length = read(channel, 0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new AdvectException(
          "%s: bytes 0 to 7 announce a header of %s bytes; the limit is %d"
              .formatted(file, Long.toUnsignedString(length), MAX_HEADER_BYTES),
          hint);
    }
    if (length > size - Long.BYTES) {
      throw new AdvectException(
          "%s: bytes 0 to 7 announce a header of %d bytes, but only %d follow"
              .formatted(file, length, size - Long.BYTES),
          hint);
    }
    return length;
  }

  private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static void copy(ByteBuffer data, OutputStream out) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK_BYTES, data.remaining())];
    while (data.hasRemaining()) {
      int count = Math.min(chunk.length, data.remaining());
      data.get(chunk, 0, count);
      out.write(chunk, 0, count);
    }
  }
}
