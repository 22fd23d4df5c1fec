package dev.advect.backend.cpu;

import java.util.function.Supplier;

/** A micro-kernel on plain floats that becomes one on vectors. */
final class WarmingKernel implements MicroKernel {
  private final Heat heat;
  private final MicroKernel plain;
  private final Supplier<MicroKernel> compiler;
  private MicroKernel vectors;

  /**
   * A cold kernel.
   *
   * @param warmth knows how much work there is
   * @param compiler makes the kernel on vectors, when it is first wanted
   */
  WarmingKernel(Warmth warmth, MicroKernel plain, Supplier<MicroKernel> compiler) {
    heat = new Heat(warmth);
    this.plain = plain;
    this.compiler = compiler;
  }

  @Override
  public MicroKernel twin() {
    return plain;
  }

  @Override
  public MicroKernel current() {
    return heat.isHot() ? vectors : this;
  }

  @Override
  public void run(
      float[] a,
      int[] groups,
      int first,
      int end,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int length,
      int last,
      float[] c,
      int c0,
      boolean fresh) {
    boolean tries = heat.triesVectors();
    if (tries && vectors == null) {
      vectors = compiler.get();
    }
    MicroKernel kernel = tries ? vectors : plain;
    long work = (end - first) * ((panels - 1L) * length + last + 1);
    long start = System.nanoTime();
    kernel.run(a, groups, first, end, a0, aStride, b, b0, panels, length, last, c, c0, fresh);
    heat.took(tries, start, work);
  }
}
