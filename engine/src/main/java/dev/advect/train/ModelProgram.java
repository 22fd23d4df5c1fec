package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A compiled graph that uses a model's weights and the conditions given to it, run for many samples
 * in chunks of bounded memory.
 *
 * <p>A chunk is a slice of the whole set, so where the cuts are changes no draw and no bit.
 */
final class ModelProgram implements AutoCloseable {
  /** sample[columns]: the input that is bound to the conditions of the samples. */
  static final String CONDITION = "condition";

  private static final int MAX_CHUNK = 1 << 16;
  private static final int MIN_CHUNK = 1 << 6;

  /** Numbers of state and tangents a chunk may have; activations are a small multiple of it. */
  private static final int CHUNK_NUMBERS = 1 << 23;

  /** What is done with one chunk: samples {@code first} to {@code first + count - 1}. */
  @FunctionalInterface
  interface Chunk {
    void run(int first, int count);
  }

  private final Executable executable;

  /** The model's conditions as its field is given them, if the graph uses them. */
  private final Optional<float[]> conditions;

  private final int conditionColumns;

  ModelProgram(Backend backend, FlowModel model, Graph graph) {
    executable = backend.compile(graph);
    Set<String> inputs = graph.inputs().keySet();
    model
        .weights()
        .forEach(
            (name, values) -> {
              if (inputs.contains(name)) {
                executable.set(name, values);
              }
            });
    conditionColumns = model.condition().columns();
    conditions =
        model
            .given()
            .filter(_ -> inputs.contains(CONDITION))
            .map(c -> model.conditioning().normalizer().apply(c.values(), conditionColumns));
  }

  /** Cuts n samples into chunks. */
  static void forEachChunk(int n, int numbersPerSample, Chunk chunk) {
    int size = Math.clamp(CHUNK_NUMBERS / numbersPerSample, MIN_CHUNK, MAX_CHUNK);
    for (int first = 0; first < n; first += size) {
      chunk.run(first, Math.min(size, n - first));
    }
  }

  /** An array of {@code rows * columns} numbers. */
  static float[] array(long rows, int columns) {
    if (rows < 1 || rows * columns > Integer.MAX_VALUE - 16) {
      throw new AdvectException(
          "%d rows of %d numbers were asked for; there can be 1 to 2^31 numbers"
              .formatted(rows, columns),
          "ask for fewer at a time");
    }
    return new float[(int) rows * columns];
  }

  Executable executable() {
    return executable;
  }

  /** Runs samples {@code first} to {@code first + count - 1} of n. */
  void run(int first, int count, int n, long seed) {
    run(first, count, n, seed, 0);
  }

  /** As the other, with a counter of the run: draws of another run are independent. */
  void run(int first, int count, int n, long seed, long step) {
    conditions(first, count, n).ifPresent(rows -> executable.bind(CONDITION, rows));
    executable.run(new Slice(first, count, n, step), seed);
  }

  /** Runs some samples whose conditions are bound already; the graph draws nothing. */
  void run(int count) {
    executable.run(new Slice(0, count, count, 0), 0);
  }

  /** The conditions of a chunk, if the graph uses any. */
  Optional<float[]> conditions(int first, int count, int n) {
    return conditions.map(all -> conditions(all, first, count, n));
  }

  /** The conditions of a chunk: a part of all, or one repeated. */
  private float[] conditions(float[] all, int first, int count, int n) {
    int columns = conditionColumns;
    if (all.length == n * (long) columns) {
      return Arrays.copyOfRange(all, first * columns, (first + count) * columns);
    }
    if (all.length != columns) {
      throw new AdvectException(
          "%d conditions were given for %d rows".formatted(all.length / columns, n),
          "give one for all of them, or one for each");
    }
    float[] repeated = new float[count * columns];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = all[i % columns];
    }
    return repeated;
  }

  /** Copies a per-sample result of {@code columns} numbers a sample to its place among all. */
  void collect(String result, float[] all, long firstRow, int columns) {
    float[] part = executable.result(result);
    System.arraycopy(part, 0, all, Math.toIntExact(firstRow * columns), part.length);
  }

  @Override
  public void close() {
    executable.close();
  }
}
