package dev.advect.backend;

/**
 * Which samples of which global batch a run computes. A tile, a lane, a device and a node are all
 * slices of one batch, so splitting a batch over them changes no draw and no mean.
 *
 * @param first index of the first sample in the global batch
 * @param count how many samples, at least 1
 * @param of the size of the global batch; means over samples divide by it
 * @param step the step counter that draws are keyed by
 */
public record Slice(long first, int count, long of, long step) {
  /** Checks the ranges. */
  public Slice {
    if (first < 0 || count < 1 || of < first + count || step < 0) {
      throw new IllegalArgumentException(
          "samples %d to %d of a batch of %d at step %d".formatted(first, first + count, of, step));
    }
  }

  /** The same samples some steps later. */
  public Slice after(long steps) {
    return new Slice(first, count, of, step + steps);
  }

  /** A whole batch. */
  public static Slice batch(int count, long step) {
    return new Slice(0, count, count, step);
  }
}
