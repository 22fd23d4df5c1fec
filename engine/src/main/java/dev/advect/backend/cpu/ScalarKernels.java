package dev.advect.backend.cpu;

import java.util.Arrays;

/**
 * The kernels on plain floats, for a JVM without the Vector API, and as the readable twin of {@link
 * VectorKernels}.
 */
final class ScalarKernels implements Kernels {
  private static final int P = 16;

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
  public void product(
      float[] w, int w0, int rows, float[] x, int x0, int k, float[] y, int y0, boolean fresh) {
    for (int n = 0; n < rows; n++) {
      int to = y0 + n * P;
      if (fresh) {
        Arrays.fill(y, to, to + P, 0f);
      }
      for (int i = 0; i < k; i++) {
        float weight = w[w0 + i * BLOCK + n];
        int from = x0 + i * P;
        for (int p = 0; p < P; p++) {
          y[to + p] += weight * x[from + p];
        }
      }
    }
  }

  @Override
  public void outer(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      int m,
      boolean fresh) {
    for (int i = 0; i < m; i++) {
      int to = c0 + i * P;
      if (fresh) {
        Arrays.fill(c, to, to + P, 0f);
      }
      for (int q = 0; q < panels; q++) {
        int rows = q == panels - 1 ? valid : P;
        for (int r = 0; r < rows; r++) {
          float factor = a[a0 + q * aStride + i * P + r];
          int from = b0 + (q * P + r) * P;
          for (int p = 0; p < P; p++) {
            c[to + p] += factor * b[from + p];
          }
        }
      }
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
  public FusedLoop compile(Region region) {
    return new ScalarLoop(region, P);
  }
}
