package dev.advect.backend.cpu;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Source;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Kernels on plain floats of which each gives way to its twin on vectors, with the same bits, when
 * that has become faster. What takes a vector a few instructions is on vectors from the start: it
 * is compiled as a part of what calls it, and timing it would take longer than doing it.
 */
final class WarmingKernels implements Kernels {
  private final Kernels vectors;
  private final Kernels plain;
  private final Warmth warmth = new Warmth();
  private final ConcurrentMap<Region, FusedLoop> loops = new ConcurrentHashMap<>();
  private final ConcurrentMap<Shape, MicroKernel> kernels = new ConcurrentHashMap<>();
  private final Heat turns = new Heat(warmth);
  private final Heat[] draws = new Heat[Distribution.values().length];

  /** Cold kernels, of two that give the same bits. */
  WarmingKernels(Kernels vectors, Kernels plain) {
    this.vectors = vectors;
    this.plain = plain;
    Arrays.setAll(draws, _ -> new Heat(warmth));
  }

  /** The kernels on vectors with plain ones of the same sizes. */
  static WarmingKernels of(Kernels vectors) {
    return new WarmingKernels(vectors, ScalarKernels.twin(vectors));
  }

  @Override
  public void expect(double operations) {
    warmth.expect(operations);
  }

  @Override
  public boolean isWarming() {
    return warmth.isWarming();
  }

  @Override
  public int panel() {
    return vectors.panel();
  }

  @Override
  public int block() {
    return vectors.block();
  }

  @Override
  public int rows() {
    return vectors.rows();
  }

  @Override
  public String description() {
    return vectors.description();
  }

  @Override
  public MicroKernel kernel(Shape shape) {
    return kernels.computeIfAbsent(
        shape, s -> new WarmingKernel(warmth, plain.kernel(s), () -> vectors.kernel(s)));
  }

  @Override
  public FusedLoop compile(Region region) {
    return loops.computeIfAbsent(
        region, r -> new WarmingLoop(warmth, plain.compile(r), () -> vectors.compile(r)));
  }

  /** Who does the next piece of some work. */
  private Kernels by(boolean tries) {
    return tries ? vectors : plain;
  }

  @Override
  public void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch) {
    if (turns.isHot()) {
      vectors.turn(from, at, pitch, to, to0, toPitch);
      return;
    }
    boolean tries = turns.triesVectors();
    long start = System.nanoTime();
    by(tries).turn(from, at, pitch, to, to0, toPitch);
    turns.took(tries, start, 1);
  }

  @Override
  public void copy(float[] from, int at, int pitch, float[] to, int to0, int rows) {
    vectors.copy(from, at, pitch, to, to0, rows);
  }

  @Override
  public void copyRows(
      float[] from, int at, int pitch, float[] to, int to0, int toPitch, int rows) {
    vectors.copyRows(from, at, pitch, to, to0, toPitch, rows);
  }

  @Override
  public void addUp(float[][] terms, int at, float[] to, int to0, int toPitch, int rows) {
    vectors.addUp(terms, at, to, to0, toPitch, rows);
  }

  @Override
  public double sum(float[] a, int from, int to) {
    return vectors.sum(a, from, to);
  }

  @Override
  public void rowDot(float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0) {
    vectors.rowDot(a, a0, ai, b, b0, bi, c, c0);
  }

  @Override
  public void draw(
      Key key, Source.Draw draw, long sample, int block, int rows, float[] out, int at, Room room) {
    Heat heat = draws[draw.distribution().ordinal()];
    if (heat.isHot()) {
      vectors.draw(key, draw, sample, block, rows, out, at, room);
      return;
    }
    boolean tries = heat.triesVectors();
    long start = System.nanoTime();
    by(tries).draw(key, draw, sample, block, rows, out, at, room);
    heat.took(tries, start, rows + 1);
  }
}
