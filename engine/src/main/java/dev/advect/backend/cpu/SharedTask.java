package dev.advect.backend.cpu;

import java.util.Set;

/** A part of the work on shared values. */
sealed interface SharedTask {
  /** The arrays it reads. */
  Set<float[]> reads();

  /** The arrays it writes. */
  Set<float[]> writes();

  /**
   * Work that is done as a whole.
   *
   * @param run does it
   */
  record Whole(Set<float[]> reads, Set<float[]> writes, Runnable run) implements SharedTask {}

  /**
   * Work that may be done piece by piece, in any order and by any worker.
   *
   * @param elementwise those of the arrays read or written of which element i has to do with
   *     element i of the range only
   * @param size elements of the range
   * @param granule pieces begin at multiples of it, which divides the size or is no smaller
   * @param run does a piece
   */
  record Ranged(
      Set<float[]> reads,
      Set<float[]> writes,
      Set<float[]> elementwise,
      int size,
      int granule,
      Piece run)
      implements SharedTask {}

  /** Does one piece of a range. */
  interface Piece {
    /**
     * Does a piece.
     *
     * @param from its first element, a multiple of the granule
     * @param to after its last element
     * @param piece which piece it is
     */
    void run(int from, int to, int piece, int worker);
  }
}
