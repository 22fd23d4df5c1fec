package dev.advect.backend.cpu;

import dev.advect.graph.Op.Source;
import dev.advect.random.Draws;
import dev.advect.random.Philox;
import java.util.Arrays;

/**
 * The kernels on plain floats, for a JVM without the Vector API, and as the readable twin of {@link
 * VectorKernels}.
 */
final class ScalarKernels implements Kernels {
  private static final int P = 16;
  private static final int L = 4;

  private final String reason;

  ScalarKernels(String reason) {
    this.reason = reason;
  }

  @Override
  public int panel() {
    return P;
  }

  @Override
  public String description() {
    return "plain loops, without the Vector API: " + reason;
  }

  @Override
  public int block() {
    return L;
  }

  @Override
  public int rows() {
    return L;
  }

  @Override
  public MicroKernel product(int rows) {
    return kernel(rows, 1, L);
  }

  @Override
  public MicroKernel outer(int rows) {
    return kernel(rows, P, 1);
  }

  private static MicroKernel kernel(int rows, int pitch, int step) {
    return (a, a0, aStride, b, b0, panels, length, last, c, c0, fresh) -> {
      if (fresh) {
        Arrays.fill(c, c0, c0 + rows * P, 0f);
      }
      for (int q = 0; q < panels; q++) {
        int count = q == panels - 1 ? last : length;
        for (int i = 0; i < count; i++) {
          int from = b0 + (q * length + i) * P;
          for (int r = 0; r < rows; r++) {
            float factor = a[a0 + q * aStride + i * step + r * pitch];
            int to = c0 + r * P;
            for (int p = 0; p < P; p++) {
              c[to + p] += factor * b[from + p];
            }
          }
        }
      }
    };
  }

  @Override
  public void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch) {
    for (int r = 0; r < L; r++) {
      for (int c = 0; c < L; c++) {
        to[to0 + c * toPitch + r] = from[at + r * pitch + c];
      }
    }
  }

  @Override
  public void copy(float[] from, int at, int pitch, float[] to, int to0, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < L; c++) {
        to[to0 + r * L + c] = from[at + r * pitch + c];
      }
    }
  }

  @Override
  public void addUp(float[][] terms, int at, float[] to, int to0) {
    for (int i = 0; i < P; i++) {
      float total = terms[0][at + i];
      for (int l = 1; l < terms.length; l++) {
        total += terms[l][at + i];
      }
      to[to0 + i] = total;
    }
  }

  @Override
  public void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0) {
    Arrays.fill(c, c0, c0 + P, 0f);
    for (int i = 0; i < ai.length; i++) {
      for (int p = 0; p < P; p++) {
        c[c0 + p] += a[a0 + ai[i] + p] * b[b0 + bi[i] + p];
      }
    }
  }

  @Override
  public void draw(
      Key key, Source.Draw draw, long sample, int block, int rows, float[] out, int at, Room room) {
    draw(P, key, draw, sample, block, rows, out, at, room);
  }

  /** Draws elements of P samples. */
  static void draw(
      int p,
      Key key,
      Source.Draw draw,
      long sample,
      int block,
      int rows,
      float[] out,
      int at,
      Room room) {
    for (int s = 0; s < p; s++) {
      Philox.draw(key.seed(), draw.purpose(), key.step(), sample + s, block, room.words(), s, p);
    }
    Draws.shape(draw.distribution(), draw.bound(), room.words(), rows, out, at, p);
  }

  @Override
  public FusedLoop compile(Region region) {
    return new ScalarLoop(region, P);
  }
}
