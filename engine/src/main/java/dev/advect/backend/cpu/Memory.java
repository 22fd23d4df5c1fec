package dev.advect.backend.cpu;

import dev.advect.backend.Slice;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arrays of a compiled program that outlive a tile: shared values, per-sample values kept for
 * the whole batch, rows bound to per-sample inputs, and what the run is.
 */
final class Memory {
  /** Arrays are padded so that a vector, or a square of vectors, may overrun their end. */
  static final int PADDING = 512;

  /** What all workers have read of up to so many floats is still cached: 8 MiB. */
  private static final int CACHED = 1 << 21;

  private final Map<Value, float[]> shared = new HashMap<>();
  private final Map<float[], List<PackedWeights>> packed = new HashMap<>();
  private final Set<float[]> readByTiles = Collections.newSetFromMap(new IdentityHashMap<>());
  private long floatsReadByTiles;
  final Map<Value, float[]> stored = new HashMap<>();
  final Map<String, float[]> rows = new HashMap<>();
  Slice slice;
  long seed;

  /** Gives a shared value an array of its own. */
  void allocate(Value v) {
    shared.put(v, allocate(v.size()));
  }

  /** Gives a shared value the array of another. */
  void alias(Value v, Value of) {
    shared.put(v, shared.get(of));
  }

  /** Notes that an array is packed for some product. */
  void register(float[] array, PackedWeights weights) {
    packed.computeIfAbsent(array, _ -> new ArrayList<>()).add(weights);
  }

  /** What is packed of an array. */
  List<PackedWeights> packed(float[] array) {
    return packed.getOrDefault(array, List.of());
  }

  /** Notes that the workers read an array in a sample stage. */
  void readByTiles(float[] array) {
    if (readByTiles.add(array)) {
      floatsReadByTiles += array.length;
    }
  }

  /**
   * Whether an array's lines are presumably in the caches of all workers after a sample stage,
   * since all of them have read it and all that they have read is not much.
   */
  boolean isCachedByAll(float[] array) {
    return floatsReadByTiles <= CACHED && readByTiles.contains(array);
  }

  /** Notes that a shared value has changed, so that what is packed of it is out of date. */
  void changed(Value v) {
    packed(shared(v)).forEach(PackedWeights::outdate);
  }

  /** The array of a shared value; null if it has none. */
  float[] shared(Value v) {
    return shared.get(v);
  }

  static float[] allocate(int size) {
    return new float[size + PADDING];
  }

  /** Makes room for the samples of a run. */
  void reserve(Iterable<Value> values, int samples) {
    for (Value v : values) {
      long floats = (long) samples * v.size();
      if (floats > Integer.MAX_VALUE - 8 - PADDING) {
        throw new IllegalArgumentException(
            "%d samples of %s need an array of %d floats; run fewer samples at a time"
                .formatted(samples, v, floats));
      }
      float[] have = stored.get(v);
      if (have == null || have.length < floats) {
        stored.put(v, allocate((int) floats));
      }
    }
  }
}
