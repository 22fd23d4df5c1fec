package dev.advect.backend;

import dev.advect.graph.Graph;

/**
 * A compiled program and the contents of its shared inputs. Used by one thread at a time.
 *
 * <p>All arrays are float32, row-major. An unknown name or a wrong length is an {@link
 * IllegalArgumentException} that says both.
 */
public interface Executable extends AutoCloseable {
  /** What it computes. */
  Graph graph();

  /** Sets a shared input; it keeps its contents between runs, until set again or updated. */
  void set(String input, float[] values);

  /** A copy of the contents of a shared input. */
  float[] get(String input);

  /**
   * Gives the rows of a per-sample input for the following runs: {@code count * size} numbers. The
   * array is not copied.
   */
  void bind(String input, float[] rows);

  /**
   * Says that runs of so many samples in all are to come, for a device that does little work in
   * another way than much. It changes no result.
   */
  default void expect(long samples) {}

  /** Runs the program for the samples of a slice; draws are keyed by the seed. */
  void run(Slice slice, long seed);

  /**
   * Runs the program for a slice, then for the same samples of the steps behind it.
   *
   * @param steps how many steps, at least 1
   */
  default void run(Slice slice, long seed, int steps) {
    for (int i = 0; i < steps; i++) {
      run(slice.after(i), seed);
    }
  }

  /**
   * A copy of a result of the last run: {@code size} numbers if shared, {@code count * size} if
   * per-sample.
   */
  float[] result(String name);

  /** The compiled program as text: stages, steps, buffers. */
  String explain();

  @Override
  void close();
}
