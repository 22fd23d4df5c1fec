package dev.advect.backend.cpu;

import java.util.Arrays;

/**
 * The speed that the micro-kernel reaches when nothing holds it up: every worker multiplies a small
 * block, the same one again and again, so that both factors stay in its first-level cache.
 */
final class Peak {
  /** Both factors take three quarters of a first-level cache of 32 KiB, the smallest in use. */
  private static final int FACTOR_BYTES = 24 << 10;

  private static final double FLOPS_OF_A_UNIT = 2e7;
  private static final int UNITS_OF_A_WORKER = 8;

  /** Windows are measured until no one was better for so long, in nanoseconds ... */
  private static final long PATIENCE = 500_000_000;

  /** ... but not for longer than this: on some machines vectors may never be faster. */
  private static final long MOST = 20_000_000_000L;

  private static final double BETTER = 1.01;

  /**
   * Vectors that are not so many times as fast as plain floats are still on their way through the
   * just-in-time compiler. A kernel has four lanes or more for each plain float.
   */
  private static final double FASTER = 2;

  /** Enough that kernels need not ask whether vectors pay. */
  private static final double MOST_OPERATIONS = 1e12;

  private static final int[] ONE_GROUP = {0};

  private final Kernels kernels;
  private final MicroKernel kernel;
  private final Pool pool;
  private final int rows;
  private final int panel;
  private final int depth;
  private final float[][] weights; // one [depth][L] for each worker
  private final float[][] samples; // one [depth][P] for each worker
  private final float[][] results; // one [rows][P] for each worker

  Peak(Kernels kernels, Pool pool) {
    this.pool = pool;
    this.kernels = kernels;
    kernels.expect(MOST_OPERATIONS);
    rows = kernels.rows();
    panel = kernels.panel();
    kernel = kernels.kernel(new Kernels.Shape(rows, 1, kernels.block()));
    depth = FACTOR_BYTES / (Float.BYTES * (kernels.block() + panel));
    weights = ones(pool.size(), depth * kernels.block());
    samples = ones(pool.size(), depth * panel);
    results = ones(pool.size(), rows * panel);
  }

  private static float[][] ones(int workers, int size) {
    float[][] arrays = new float[workers][];
    for (int w = 0; w < workers; w++) {
      arrays[w] = Memory.allocate(size);
      Arrays.fill(arrays[w], 1f);
    }
    return arrays;
  }

  MicroKernel kernel() {
    return kernel;
  }

  /** Operations a second of all workers, in the best of several windows of some milliseconds. */
  double measure() {
    MicroKernel twin = kernel.twin();
    return twin == kernel ? best(kernel, 0) : best(kernel, FASTER * best(twin, 0));
  }

  /** The best window's rate, when it is no less than it must be. */
  private double best(MicroKernel kernel, double least) {
    double operations = 2.0 * rows * panel * depth;
    int calls = (int) (FLOPS_OF_A_UNIT / operations) + 1;
    int units = pool.size() * UNITS_OF_A_WORKER;
    double best = 0;
    long begin = System.nanoTime();
    long improved = begin;
    long now = begin;
    while (now - improved < PATIENCE && now - begin < MOST) {
      long start = System.nanoTime();
      pool.run((_, _, worker) -> multiply(kernel.current(), worker, calls), units);
      now = System.nanoTime();
      double rate = operations * calls * units / (now - start) * 1e9;
      if (best < least || rate > BETTER * best || kernels.isWarming()) {
        improved = now;
      }
      best = Math.max(best, rate);
    }
    return best;
  }

  private void multiply(MicroKernel kernel, int worker, int calls) {
    float[] a = weights[worker];
    float[] b = samples[worker];
    float[] c = results[worker];
    for (int i = 0; i < calls; i++) {
      kernel.run(a, ONE_GROUP, 0, 1, 0, 0, b, 0, 1, depth, depth, c, 0, true);
    }
  }
}
