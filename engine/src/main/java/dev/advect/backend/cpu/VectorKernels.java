package dev.advect.backend.cpu;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API: 4 rows by 2 vectors, eight accumulators, as many as two fused
 * multiply-adds a cycle of latency four need. The just-in-time compiler loads all broadcast weights
 * of a pass before it uses them, so that with 5 rows one of the sixteen registers too many is
 * wanted: an accumulator then goes through memory at each pass, which makes the loop three times
 * slower.
 *
 * <p>Micro-kernels are small methods of their own so that the compiler keeps their accumulators in
 * registers; rows that do not fill a block go through narrower kernels of the same form.
 */
final class VectorKernels implements Kernels {
  /** The width in use: {@code advect.vector=512|256|128} forces one. */
  static final VectorSpecies<Float> SPECIES = species();

  /** 0, 1, 2, ... */
  static final FloatVector LANES = FloatVector.zero(SPECIES).addIndex(1);

  private static final int L = SPECIES.length();
  private static final int P = 2 * L;

  private final ConcurrentMap<Region, FusedLoop> loops = new ConcurrentHashMap<>();

  private static VectorSpecies<Float> species() {
    int bits = Integer.getInteger("advect.vector", 0);
    return bits == 0
        ? FloatVector.SPECIES_PREFERRED
        : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }

  @Override
  public int panel() {
    return P;
  }

  @Override
  public String description() {
    return "Vector API, %d bits".formatted(SPECIES.vectorBitSize());
  }

  @Override
  public FusedLoop compile(Region region) {
    return loops.computeIfAbsent(region, LoopCompiler::compile);
  }

  @Override
  public void product(
      float[] w, int w0, int rows, float[] x, int x0, int k, float[] y, int y0, boolean fresh) {
    if (rows == 4) {
      product4(w, w0, x, x0, k, y, y0, fresh);
      return;
    }
    int i = 0;
    if (rows - i >= 2) {
      product2(w, w0 + i, x, x0, k, y, y0 + i * P, fresh);
      i += 2;
    }
    if (rows - i >= 1) {
      product1(w, w0 + i, x, x0, k, y, y0 + i * P, fresh);
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
    int i = 0;
    for (; m - i >= 4; i += 4) {
      outer4(a, a0 + i * P, aStride, b, b0, panels, valid, c, c0 + i * P, fresh);
    }
    if (m - i >= 2) {
      outer2(a, a0 + i * P, aStride, b, b0, panels, valid, c, c0 + i * P, fresh);
      i += 2;
    }
    if (m - i >= 1) {
      outer1(a, a0 + i * P, aStride, b, b0, panels, valid, c, c0 + i * P, fresh);
    }
  }

  @Override
  public void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    for (int i = 0; i < ai.length; i++) {
      int at = a0 + ai[i];
      int bt = b0 + bi[i];
      s0 = load(a, at).fma(load(b, bt), s0);
      s1 = load(a, at + L).fma(load(b, bt + L), s1);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c0 + L);
  }

  private static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(SPECIES, a, i);
  }

  private static FloatVector begin(float[] y, int i, boolean fresh) {
    return fresh ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, y, i);
  }

  private static void product4(
      float[] w, int w0, float[] x, int x0, int k, float[] y, int y0, boolean fresh) {
    FloatVector s00 = begin(y, y0, fresh);
    FloatVector s01 = begin(y, y0 + L, fresh);
    FloatVector s10 = begin(y, y0 + P, fresh);
    FloatVector s11 = begin(y, y0 + P + L, fresh);
    FloatVector s20 = begin(y, y0 + 2 * P, fresh);
    FloatVector s21 = begin(y, y0 + 2 * P + L, fresh);
    FloatVector s30 = begin(y, y0 + 3 * P, fresh);
    FloatVector s31 = begin(y, y0 + 3 * P + L, fresh);
    for (int i = 0; i < k; i++) {
      FloatVector p = load(x, x0 + i * P);
      FloatVector q = load(x, x0 + i * P + L);
      FloatVector v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK]);
      s00 = v.fma(p, s00);
      s01 = v.fma(q, s01);
      v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK + 1]);
      s10 = v.fma(p, s10);
      s11 = v.fma(q, s11);
      v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK + 2]);
      s20 = v.fma(p, s20);
      s21 = v.fma(q, s21);
      v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK + 3]);
      s30 = v.fma(p, s30);
      s31 = v.fma(q, s31);
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y0 + L);
    s10.intoArray(y, y0 + P);
    s11.intoArray(y, y0 + P + L);
    s20.intoArray(y, y0 + 2 * P);
    s21.intoArray(y, y0 + 2 * P + L);
    s30.intoArray(y, y0 + 3 * P);
    s31.intoArray(y, y0 + 3 * P + L);
  }

  private static void product2(
      float[] w, int w0, float[] x, int x0, int k, float[] y, int y0, boolean fresh) {
    FloatVector s00 = begin(y, y0, fresh);
    FloatVector s01 = begin(y, y0 + L, fresh);
    FloatVector s10 = begin(y, y0 + P, fresh);
    FloatVector s11 = begin(y, y0 + P + L, fresh);
    for (int i = 0; i < k; i++) {
      FloatVector p = load(x, x0 + i * P);
      FloatVector q = load(x, x0 + i * P + L);
      FloatVector v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK]);
      s00 = v.fma(p, s00);
      s01 = v.fma(q, s01);
      v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK + 1]);
      s10 = v.fma(p, s10);
      s11 = v.fma(q, s11);
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y0 + L);
    s10.intoArray(y, y0 + P);
    s11.intoArray(y, y0 + P + L);
  }

  private static void product1(
      float[] w, int w0, float[] x, int x0, int k, float[] y, int y0, boolean fresh) {
    FloatVector s00 = begin(y, y0, fresh);
    FloatVector s01 = begin(y, y0 + L, fresh);
    for (int i = 0; i < k; i++) {
      FloatVector p = load(x, x0 + i * P);
      FloatVector q = load(x, x0 + i * P + L);
      FloatVector v = FloatVector.broadcast(SPECIES, w[w0 + i * BLOCK]);
      s00 = v.fma(p, s00);
      s01 = v.fma(q, s01);
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y0 + L);
  }

  private static void outer4(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      boolean fresh) {
    FloatVector s00 = begin(c, c0, fresh);
    FloatVector s01 = begin(c, c0 + L, fresh);
    FloatVector s10 = begin(c, c0 + P, fresh);
    FloatVector s11 = begin(c, c0 + P + L, fresh);
    FloatVector s20 = begin(c, c0 + 2 * P, fresh);
    FloatVector s21 = begin(c, c0 + 2 * P + L, fresh);
    FloatVector s30 = begin(c, c0 + 3 * P, fresh);
    FloatVector s31 = begin(c, c0 + 3 * P + L, fresh);
    for (int panel = 0; panel < panels; panel++) {
      int rows = panel == panels - 1 ? valid : P;
      int at = a0 + panel * aStride;
      int bt = b0 + panel * P * P;
      for (int r = 0; r < rows; r++) {
        FloatVector p = load(b, bt + r * P);
        FloatVector q = load(b, bt + r * P + L);
        FloatVector v = FloatVector.broadcast(SPECIES, a[at + r]);
        s00 = v.fma(p, s00);
        s01 = v.fma(q, s01);
        v = FloatVector.broadcast(SPECIES, a[at + P + r]);
        s10 = v.fma(p, s10);
        s11 = v.fma(q, s11);
        v = FloatVector.broadcast(SPECIES, a[at + 2 * P + r]);
        s20 = v.fma(p, s20);
        s21 = v.fma(q, s21);
        v = FloatVector.broadcast(SPECIES, a[at + 3 * P + r]);
        s30 = v.fma(p, s30);
        s31 = v.fma(q, s31);
      }
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s10.intoArray(c, c0 + P);
    s11.intoArray(c, c0 + P + L);
    s20.intoArray(c, c0 + 2 * P);
    s21.intoArray(c, c0 + 2 * P + L);
    s30.intoArray(c, c0 + 3 * P);
    s31.intoArray(c, c0 + 3 * P + L);
  }

  private static void outer2(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      boolean fresh) {
    FloatVector s00 = begin(c, c0, fresh);
    FloatVector s01 = begin(c, c0 + L, fresh);
    FloatVector s10 = begin(c, c0 + P, fresh);
    FloatVector s11 = begin(c, c0 + P + L, fresh);
    for (int panel = 0; panel < panels; panel++) {
      int rows = panel == panels - 1 ? valid : P;
      int at = a0 + panel * aStride;
      int bt = b0 + panel * P * P;
      for (int r = 0; r < rows; r++) {
        FloatVector p = load(b, bt + r * P);
        FloatVector q = load(b, bt + r * P + L);
        FloatVector v = FloatVector.broadcast(SPECIES, a[at + r]);
        s00 = v.fma(p, s00);
        s01 = v.fma(q, s01);
        v = FloatVector.broadcast(SPECIES, a[at + P + r]);
        s10 = v.fma(p, s10);
        s11 = v.fma(q, s11);
      }
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s10.intoArray(c, c0 + P);
    s11.intoArray(c, c0 + P + L);
  }

  private static void outer1(
      float[] a,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int valid,
      float[] c,
      int c0,
      boolean fresh) {
    FloatVector s00 = begin(c, c0, fresh);
    FloatVector s01 = begin(c, c0 + L, fresh);
    for (int panel = 0; panel < panels; panel++) {
      int rows = panel == panels - 1 ? valid : P;
      int at = a0 + panel * aStride;
      int bt = b0 + panel * P * P;
      for (int r = 0; r < rows; r++) {
        FloatVector p = load(b, bt + r * P);
        FloatVector q = load(b, bt + r * P + L);
        FloatVector v = FloatVector.broadcast(SPECIES, a[at + r]);
        s00 = v.fma(p, s00);
        s01 = v.fma(q, s01);
      }
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
  }
}
