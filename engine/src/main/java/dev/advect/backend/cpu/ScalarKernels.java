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
  /** Sums that are made at a time; panels are multiples of it. */
  private static final int LANES = 8;

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

  /** Kernels with the sizes of others, and so with their bits. */
  static ScalarKernels twin(Kernels of) {
    return new ScalarKernels(of.panel(), of.block(), of.rows(), "the twin of vectors");
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
  public MicroKernel kernel(Shape shape) {
    int rows = shape.rows();
    int step = shape.step();
    int p = panel;
    return (a, groups, first, end, a0, aStride, b, b0, panels, length, last, c, c0, fresh) -> {
      for (int row = 0; row < (end - first) * rows; row++) {
        int from = a0 + groups[first + row / rows] + row % rows * shape.pitch();
        for (int q = 0; q < panels; q++) {
          int count = q == panels - 1 ? last : length;
          int at = from + q * aStride;
          for (int lane = 0; lane < p; lane += LANES) {
            int b1 = b0 + q * length * p + lane;
            addProducts(a, at, step, b, b1, p, count, c, c0 + row * p + lane, fresh && q == 0);
          }
        }
      }
    };
  }

  /**
   * c[lane] (+)= sum over i of a[i] b[i][lane] for {@value #LANES} lanes, whose sums are named one
   * by one so that they stay in registers. Each term is added with one rounding.
   */
  private static void addProducts(
      float[] a,
      int a0,
      int step,
      float[] b,
      int b0,
      int p,
      int n,
      float[] c,
      int to,
      boolean fresh) {
    float s0 = fresh ? 0 : c[to];
    float s1 = fresh ? 0 : c[to + 1];
    float s2 = fresh ? 0 : c[to + 2];
    float s3 = fresh ? 0 : c[to + 3];
    float s4 = fresh ? 0 : c[to + 4];
    float s5 = fresh ? 0 : c[to + 5];
    float s6 = fresh ? 0 : c[to + 6];
    float s7 = fresh ? 0 : c[to + 7];
    for (int i = 0; i < n; i++) {
      float x = a[a0 + i * step];
      int at = b0 + i * p;
      s0 = Math.fma(x, b[at], s0);
      s1 = Math.fma(x, b[at + 1], s1);
      s2 = Math.fma(x, b[at + 2], s2);
      s3 = Math.fma(x, b[at + 3], s3);
      s4 = Math.fma(x, b[at + 4], s4);
      s5 = Math.fma(x, b[at + 5], s5);
      s6 = Math.fma(x, b[at + 6], s6);
      s7 = Math.fma(x, b[at + 7], s7);
    }
    c[to] = s0;
    c[to + 1] = s1;
    c[to + 2] = s2;
    c[to + 3] = s3;
    c[to + 4] = s4;
    c[to + 5] = s5;
    c[to + 6] = s6;
    c[to + 7] = s7;
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
  public void copyRows(
      float[] from, int at, int pitch, float[] to, int to0, int toPitch, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < panel; c++) {
        to[to0 + r * toPitch + c] = from[at + r * pitch + c];
      }
    }
  }

  @Override
  public void addUp(float[][] terms, int at, float[] to, int to0, int toPitch, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < panel; c++) {
        int from = at + r * panel + c;
        float total = terms[0][from];
        for (int l = 1; l < terms.length; l++) {
          total += terms[l][from];
        }
        to[to0 + r * toPitch + c] = total;
      }
    }
  }

  @Override
  public double sum(float[] a, int from, int to) {
    double[] sums = new double[block];
    int whole = from + (to - from) / block * block;
    for (int i = from; i < whole; i += block) {
      for (int l = 0; l < block; l++) {
        sums[l] += a[i + l];
      }
    }
    return total(sums, a, whole, to);
  }

  /** The sum of sums in their order, the first floats that fill no vector being added to each. */
  static double total(double[] sums, float[] a, int from, int to) {
    double total = 0;
    for (int l = 0; l < sums.length; l++) {
      total += from + l < to ? sums[l] + a[from + l] : sums[l];
    }
    return total;
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
