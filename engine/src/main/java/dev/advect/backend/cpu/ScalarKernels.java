package dev.advect.backend.cpu;

import dev.advect.graph.Op.Source;
import dev.advect.random.Draws;
import dev.advect.random.Philox;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The kernels on plain floats, for a JVM without the Vector API, and as the readable twin of {@link
 * VectorKernels}, whose bits they give.
 */
final class ScalarKernels implements Kernels {
  private final int panel;
  private final int block;
  private final int rows;
  private final String description;
  private final ConcurrentMap<Region, FusedLoop> loops = new ConcurrentHashMap<>();

  ScalarKernels(int panel, int block, int rows, String description) {
    this.panel = panel;
    this.block = block;
    this.rows = rows;
    this.description = description;
  }

  /** Kernels of their own, for want of vectors. */
  static ScalarKernels because(String reason) {
    return new ScalarKernels(16, 4, 4, "plain loops, without the Vector API: " + reason);
  }

  @Override
  public int panel() {
    return panel;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public int block() {
    return block;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public MicroKernel product(int rows) {
    return kernel(rows, 1, block, panel);
  }

  @Override
  public MicroKernel outer(int rows) {
    return kernel(rows, panel, 1, panel);
  }

  /** A kernel on plain floats; see {@link KernelCompiler.Shape}. */
  private static MicroKernel kernel(int rows, int pitch, int step, int p) {
    return (a, groups, first, end, a0, aStride, b, b0, panels, length, last, c, c0, fresh) -> {
      if (fresh) {
        Arrays.fill(c, c0, c0 + (end - first) * rows * p, 0f);
      }
      for (int row = 0; row < (end - first) * rows; row++) {
        int from = a0 + groups[first + row / rows] + row % rows * pitch;
        for (int q = 0; q < panels; q++) {
          int count = q == panels - 1 ? last : length;
          int at = from + q * aStride;
          for (int i = 0; i < count; i++) {
            addProduct(a[at + i * step], b, b0 + (q * length + i) * p, c, c0 + row * p, p);
          }
        }
      }
    };
  }

  /** c[P] += factor b[P], each with one rounding. */
  private static void addProduct(float factor, float[] b, int from, float[] c, int to, int p) {
    for (int i = 0; i < p; i++) {
      c[to + i] = Math.fma(factor, b[from + i], c[to + i]);
    }
  }

  @Override
  public void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch) {
    for (int r = 0; r < block; r++) {
      for (int c = 0; c < block; c++) {
        to[to0 + c * toPitch + r] = from[at + r * pitch + c];
      }
    }
  }

  @Override
  public void copy(float[] from, int at, int pitch, float[] to, int to0, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < block; c++) {
        to[to0 + r * block + c] = from[at + r * pitch + c];
      }
    }
  }

  @Override
  public void spread(float[] from, int at, int rows, int count, float[] to, int to0, int pitch) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < count; c++) {
        to[to0 + r * pitch + c] = from[at + r * panel + c];
      }
    }
  }

  @Override
  public void addUp(float[][] terms, int at, float[] to, int to0) {
    for (int i = 0; i < panel; i++) {
      float total = terms[0][at + i];
      for (int l = 1; l < terms.length; l++) {
        total += terms[l][at + i];
      }
      to[to0 + i] = total;
    }
  }

  @Override
  public void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0) {
    Arrays.fill(c, c0, c0 + panel, 0f);
    for (int i = 0; i < ai.length; i++) {
      for (int p = 0; p < panel; p++) {
        c[c0 + p] = Math.fma(a[a0 + ai[i] + p], b[b0 + bi[i] + p], c[c0 + p]);
      }
    }
  }

  @Override
  public void draw(
      Key key, Source.Draw draw, long sample, int block, int rows, float[] out, int at, Room room) {
    for (int s = 0; s < panel; s++) {
      Philox.draw(
          key.seed(), draw.purpose(), key.step(), sample + s, block, room.words(), s, panel);
    }
    Draws.shape(draw.distribution(), draw.bound(), room.words(), rows, out, at, panel);
  }

  @Override
  public FusedLoop compile(Region region) {
    return loops.computeIfAbsent(
        region, r -> LoopCompiler.compile(r, new LoopCompiler.Target(0, panel)));
  }
}
