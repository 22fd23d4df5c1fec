package dev.advect.backend.cpu;

import dev.advect.graph.Op.Source;

/**
 * The inner loops, written once on vectors and once on plain floats.
 *
 * <p>Every element of a product is one chain of additions in index order, whatever the blocking, so
 * results do not depend on tiles or threads.
 */
interface Kernels {
  /** Takes note of additions and multiplications that they are about to be called for. */
  default void expect(double operations) {}

  /** Whether the just-in-time compiler is about to make them faster, and needs a processor to. */
  default boolean isWarming() {
    return false;
  }

  /** How many samples lie side by side: P, a multiple of {@link #block}. */
  int panel();

  /** How many rows of weights lie side by side when packed: L, a vector's floats. */
  int block();

  /** The most rows of a result that a micro-kernel makes, a divisor of L. */
  int rows();

  /** One line: what the kernels use and why. */
  String description();

  /** c[rows][P] (+)= sum over panels q and i of a[q](r, i) b[q][i][P]. */
  MicroKernel kernel(Shape shape);

  /**
   * How a micro-kernel walks over the factor whose elements are broadcast.
   *
   * @param rows how many rows of the result it makes at a time
   * @param pitch floats from an element to that of the next row
   * @param step floats from an element to the next that is summed
   */
  record Shape(int rows, int pitch, int step) {}

  /** Turns L by L floats: to[to0 + c * toPitch + r] = from[at + r * pitch + c]. */
  void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch);

  /** Copies rows of L floats: to[to0 + r * L + c] = from[at + r * pitch + c]. */
  void copy(float[] from, int at, int pitch, float[] to, int to0, int rows);

  /** Copies rows of P floats: to[to0 + r * toPitch + c] = from[at + r * pitch + c]. */
  void copyRows(float[] from, int at, int pitch, float[] to, int to0, int toPitch, int rows);

  /**
   * Adds up arrays in their order, rows of P floats: to[to0 + r * toPitch + c] = sum over l of
   * terms[l][at + r * P + c].
   */
  void addUp(float[][] terms, int at, float[] to, int to0, int toPitch, int rows);

  /**
   * The sum of some floats in double, since a norm over millions of weights must not lose digits:
   * of those that are L apart first, and then of these sums in their order.
   */
  double sum(float[] a, int from, int to);

  /** c[P] = sum over i of a[a0 + ai[i]][P] b[b0 + bi[i]][P], offsets in floats. */
  void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0);

  /**
   * Draws four elements, or fewer, of P samples; bit by bit those of {@link
   * dev.advect.random.Draws}.
   *
   * @param key whose numbers they are
   * @param sample the first of the samples
   * @param block which four elements: {@code 4 * block} is the first
   * @param rows how many of the four are wanted
   * @param out receives element k of all samples at {@code at + k * P}
   * @param room where a worker may put words and floats meanwhile
   */
  void draw(
      Key key, Source.Draw draw, long sample, int block, int rows, float[] out, int at, Room room);

  /**
   * What draws depend on besides sample and element.
   *
   * @param seed of the run
   * @param step of the run
   */
  record Key(long seed, long step) {}

  /**
   * Room for draws.
   *
   * @param words 4 P of them
   * @param floats P of them
   */
  record Room(int[] words, float[] floats) {}

  /** Compiles a region. */
  FusedLoop compile(Region region);
}
