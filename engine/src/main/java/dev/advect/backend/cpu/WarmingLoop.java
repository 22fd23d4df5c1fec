package dev.advect.backend.cpu;

import java.util.function.Supplier;

/** A loop on plain floats that becomes one on vectors. */
final class WarmingLoop implements FusedLoop {
  private final Heat heat;
  private final FusedLoop plain;
  private final Supplier<FusedLoop> compiler;
  private FusedLoop vectors;

  /**
   * A cold loop.
   *
   * @param warmth knows how much work there is
   * @param compiler makes the loop on vectors, when it is first wanted
   */
  WarmingLoop(Warmth warmth, FusedLoop plain, Supplier<FusedLoop> compiler) {
    heat = new Heat(warmth);
    this.plain = plain;
    this.compiler = compiler;
  }

  @Override
  public FusedLoop current() {
    return heat.isHot() ? vectors : this;
  }

  @Override
  public void run(
      float[][] arrays,
      int[] offsets,
      int[] strides,
      int[][] maps,
      int q0,
      int q1,
      int f0,
      int f1,
      int valid) {
    boolean tries = heat.triesVectors();
    if (tries && vectors == null) {
      vectors = compiler.get();
    }
    FusedLoop loop = tries ? vectors : plain;
    long work = (long) (q1 - q0) * (f1 - f0) + 1;
    long start = System.nanoTime();
    loop.run(arrays, offsets, strides, maps, q0, q1, f0, f1, valid);
    heat.took(tries, start, work);
  }
}
