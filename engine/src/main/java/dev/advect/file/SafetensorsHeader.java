package dev.advect.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.advect.AdvectException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The parsed and checked header of a safetensors file: every entry is known to lie in the data, to
 * have the length that its shape asks for, and to leave no hole and no overlap.
 */
record SafetensorsHeader(Map<String, String> metadata, SequencedMap<String, Entry> tensors) {
  private static final String HINT = "the file is damaged or no safetensors file; save it again";
  private static final long MAX_TENSOR_BYTES = Integer.MAX_VALUE - 8;

  /** A tensor's place: its bytes are {@code begin} to {@code end - 1} of the data. */
  record Entry(Tensor.DType dtype, List<Long> shape, long begin, long end) {
    long bytes() {
      return end - begin;
    }
  }

  /**
   * Parses and checks a header.
   *
   * @param dataBytes how many bytes follow the header in the file
   * @throws AdvectException naming the file and the byte or the tensor that is wrong
   */
  static SafetensorsHeader parse(Path file, byte[] header, long dataBytes) {
    try (JsonParser json = Safetensors.JSON.createParser(header)) {
      SafetensorsHeader parsed = new Reader(file, json, dataBytes).read();
      requireCovered(file, parsed.tensors, dataBytes);
      return parsed;
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new AdvectException(
          "%s: the header is no valid JSON at byte %d: %s"
              .formatted(file, Long.BYTES + at, firstLine(e.getOriginalMessage())),
          HINT,
          e);
    } catch (IOException e) {
      throw new AdvectException(
          "%s: the header is no valid JSON: %s".formatted(file, e.getMessage()), HINT, e);
    }
  }

  private static void requireCovered(
      Path file, SequencedMap<String, Entry> tensors, long dataBytes) {
    var byPlace = new ArrayList<>(tensors.entrySet());
    byPlace.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long covered = 0;
    for (var named : byPlace) {
      Entry entry = named.getValue();
      if (entry.begin() != covered) {
        throw new AdvectException(
            "%s: %s starts at byte %d of the data, %s"
                .formatted(
                    file,
                    tensor(named.getKey()),
                    entry.begin(),
                    entry.begin() < covered
                        ? "inside another tensor, which ends at byte " + covered
                        : "leaving a hole after byte " + covered),
            HINT);
      }
      covered = entry.end();
    }
    if (covered != dataBytes) {
      throw new AdvectException(
          "%s: the tensors take %d bytes, but %d bytes of data follow the header"
              .formatted(file, covered, dataBytes),
          HINT);
    }
  }

  private static String tensor(String name) {
    return "tensor '" + FileProblems.shown(name) + "'";
  }

  private static String metadata(String key) {
    return "metadata '" + FileProblems.shown(key) + "'";
  }

  private static String firstLine(String text) {
    return text == null ? "unreadable" : FileProblems.shown(text.lines().findFirst().orElse(""));
  }

  /** One pass over the JSON; errors carry the byte offset in the file. */
  private record Reader(Path file, JsonParser json, long dataBytes) {
    SafetensorsHeader read() throws IOException {
      expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
      Map<String, String> metadata = new LinkedHashMap<>();
      SequencedMap<String, Entry> tensors = new LinkedHashMap<>();
      boolean metadataSeen = false;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (!name.equals(Safetensors.METADATA)) {
          Entry entry = entry(name);
          if (tensors.put(name, entry) != null) {
            throw problem(tensor(name) + " appears twice");
          }
        } else if (metadataSeen) {
          throw problem(Safetensors.METADATA + " appears twice");
        } else {
          readMetadata(metadata);
          metadataSeen = true;
        }
      }
      if (json.nextToken() != null) {
        throw problem("there is more after the end of the header's JSON object");
      }
      return new SafetensorsHeader(metadata, tensors);
    }

    private void readMetadata(Map<String, String> metadata) throws IOException {
      expect(json.nextToken(), JsonToken.START_OBJECT, Safetensors.METADATA);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        expect(json.nextToken(), JsonToken.VALUE_STRING, metadata(key));
        if (metadata.put(key, json.getText()) != null) {
          throw problem(metadata(key) + " appears twice");
        }
      }
    }

    private Entry entry(String name) throws IOException {
      String what = tensor(name);
      expect(json.nextToken(), JsonToken.START_OBJECT, what);
      Optional<Tensor.DType> dtype = Optional.empty();
      Optional<List<Long>> shape = Optional.empty();
      Optional<List<Long>> offsets = Optional.empty();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        switch (key) {
          case "dtype" -> dtype = once(what, key, dtype, dtype(what));
          case "shape" -> shape = once(what, key, shape, numbers(what + " shape"));
          case "data_offsets" -> offsets = once(what, key, offsets, numbers(what + " " + key));
          default -> throw problem(what + " has an unknown key '" + FileProblems.shown(key) + "'");
        }
      }
      if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
        throw problem(what + " lacks one of dtype, shape and data_offsets");
      }
      return checked(what, dtype.get(), shape.get(), offsets.get());
    }

    private <T> Optional<T> once(String what, String key, Optional<T> before, T now) {
      if (before.isPresent()) {
        throw problem(what + " has '" + key + "' twice");
      }
      return Optional.of(now);
    }

    private Entry checked(String what, Tensor.DType dtype, List<Long> shape, List<Long> offsets) {
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw problem(what + " has data_offsets " + offsets + "; they are [begin, end]");
      }
      long begin = offsets.get(0);
      long end = offsets.get(1);
      if (end > dataBytes) {
        throw problem(
            "%s ends at byte %d of the data, but only %d bytes follow the header"
                .formatted(what, end, dataBytes));
      }
      long expected = dtype.bytes();
      try {
        for (long dimension : shape) {
          expected = Math.multiplyExact(expected, dimension);
        }
      } catch (ArithmeticException _) {
        throw problem("%s: %s %s overflows 2^63 bytes".formatted(what, dtype, shape));
      }
      if (expected != end - begin) {
        throw problem(
            "%s: %s %s takes %d bytes, but data_offsets %s give it %d"
                .formatted(what, dtype, shape, expected, offsets, end - begin));
      }
      if (expected > MAX_TENSOR_BYTES) {
        throw new AdvectException(
            "%s: %s has %d bytes; the most that is read is %d"
                .formatted(file, what, expected, MAX_TENSOR_BYTES),
            "split it into smaller tensors");
      }
      return new Entry(dtype, shape, begin, end);
    }

    private Tensor.DType dtype(String what) throws IOException {
      expect(json.nextToken(), JsonToken.VALUE_STRING, what + " dtype");
      String text = json.getText();
      return Stream.of(Tensor.DType.values())
          .filter(type -> type.name().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new AdvectException(
                      "%s: %s has the unknown dtype '%s'"
                          .formatted(file, what, FileProblems.shown(text)),
                      "save it as one of " + List.of(Tensor.DType.values())));
    }

    private List<Long> numbers(String what) throws IOException {
      expect(json.nextToken(), JsonToken.START_ARRAY, what);
      List<Long> numbers = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what + " [" + numbers.size() + "]");
        long number = json.getLongValue();
        if (number < 0) {
          throw problem(what + " holds the negative number " + number);
        }
        numbers.add(number);
      }
      return numbers;
    }

    private void expect(JsonToken found, JsonToken wanted, String what) {
      if (found != wanted) {
        throw problem("%s is %s where %s belongs".formatted(what, word(found), word(wanted)));
      }
    }

    private static String word(JsonToken token) {
      return switch (token) {
        case null -> "nothing";
        case START_OBJECT -> "an object";
        case START_ARRAY -> "an array";
        case VALUE_STRING -> "a string";
        case VALUE_NUMBER_INT -> "a whole number";
        case VALUE_NUMBER_FLOAT -> "a fraction";
        case VALUE_NULL -> "null";
        case VALUE_TRUE, VALUE_FALSE -> "a truth value";
        case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT -> "an end";
      };
    }

    private AdvectException problem(String what) {
      long at = Long.BYTES + Math.max(0, json.currentTokenLocation().getByteOffset());
      return new AdvectException("%s: byte %d: %s".formatted(file, at, what), HINT);
    }
  }
}
