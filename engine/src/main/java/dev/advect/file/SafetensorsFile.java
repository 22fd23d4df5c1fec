package dev.advect.file;

import dev.advect.AdvectException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What a safetensors file held.
 *
 * @param file where it was read from, for messages
 * @param metadata its free text, by key
 * @param tensors its tensors by name, in the order of the header
 */
public record SafetensorsFile(
    Path file, Map<String, String> metadata, SequencedMap<String, Tensor> tensors) {

  /** Takes unmodifiable copies that keep the order. */
  public SafetensorsFile {
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }

  /**
   * The tensor of that name, which must have that element type and shape.
   *
   * @throws AdvectException naming the file, the tensor, and what was found instead
   */
  public Tensor require(String name, Tensor.DType dtype, long... shape) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new AdvectException(
          "%s has no tensor '%s' among its %d".formatted(file, name, tensors.size()),
          "the file belongs to another model; it holds " + firstNames());
    }
    List<Long> wanted = Arrays.stream(shape).boxed().toList();
    if (tensor.dtype() != dtype || !tensor.shape().equals(wanted)) {
      throw new AdvectException(
          "%s: tensor '%s' is %s %s where %s %s is expected"
              .formatted(file, name, tensor.dtype(), tensor.shape(), dtype, wanted),
          "the file belongs to another model, or was saved with another element type");
    }
    return tensor;
  }

  /**
   * The metadata entry of that name.
   *
   * @throws AdvectException naming the file and the keys that it has
   */
  public String requireMetadata(String key) {
    String text = metadata.get(key);
    if (text == null) {
      throw new AdvectException(
          "%s has no metadata '%s'; its keys are %s".formatted(file, key, metadata.keySet()),
          "the file was not written by Advect, or by another version of it");
    }
    return text;
  }

  private String firstNames() {
    String names = String.join(", ", tensors.keySet().stream().limit(8).toList());
    return tensors.size() > 8 ? names + ", ..." : names.isEmpty() ? "no tensors" : names;
  }
}
