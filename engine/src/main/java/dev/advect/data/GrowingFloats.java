package dev.advect.data;

import dev.advect.AdvectException;
import java.util.Arrays;

/**
 * Numbers that arrive one by one from a file whose header is not to be trusted: memory grows with
 * what was read, never with what was announced.
 */
final class GrowingFloats {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final int FIRST_CAPACITY = 1024;

  private final String file;
  private float[] values;
  private int size;

  /** Room for few, to grow with what is read. */
  GrowingFloats(String file) {
    this.file = file;
    this.values = new float[FIRST_CAPACITY];
  }

  /** Room for numbers that are known to be in the file. */
  GrowingFloats(String file, long count) {
    this.file = file;
    this.values = allocate(file, count);
  }

  /**
   * An array for numbers that are known to be in the file.
   *
   * @throws AdvectException if a table cannot hold them or the memory is too small
   */
  static float[] allocate(String file, long count) {
    requireFits(file, count);
    try {
      return new float[(int) count];
    } catch (OutOfMemoryError e) {
      throw outOfMemory(file, count, e);
    }
  }

  /** Checks that a table can hold so many numbers at all. */
  static void requireFits(String file, long count) {
    if (count > MAX_ARRAY) {
      throw new AdvectException(
          "%s holds %d numbers; a table takes at most %d".formatted(file, count, MAX_ARRAY),
          "split the file");
    }
  }

  void add(float value) {
    if (size == values.length) {
      grow();
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  float[] toArray() {
    try {
      return size == values.length ? values : Arrays.copyOf(values, size);
    } catch (OutOfMemoryError e) {
      throw outOfMemory(file, size, e);
    }
  }

  private void grow() {
    if (size == MAX_ARRAY) {
      throw new AdvectException(
          "%s holds more than %d numbers, the most a table takes".formatted(file, MAX_ARRAY),
          "split the file");
    }
    int capacity = (int) Math.min(MAX_ARRAY, 2L * size);
    try {
      values = Arrays.copyOf(values, capacity);
    } catch (OutOfMemoryError e) {
      throw outOfMemory(file, capacity, e);
    }
  }

  private static AdvectException outOfMemory(String file, long count, OutOfMemoryError cause) {
    return new AdvectException(
        "%s needs %d MiB, more than is left of the JVM's %d MiB"
            .formatted(file, count * Float.BYTES >> 20, Runtime.getRuntime().maxMemory() >> 20),
        "give it a larger heap, for example JAVA_TOOL_OPTIONS=-Xmx8g, or use fewer rows",
        cause);
  }
}
