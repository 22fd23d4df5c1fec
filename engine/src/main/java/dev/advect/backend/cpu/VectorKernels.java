package dev.advect.backend.cpu;

import dev.advect.graph.Op.Source;
import dev.advect.random.Draws;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API: up to 8 rows by 2 vectors where there are 32 vector registers, 4
 * by 2 where there are 16. Eight accumulators are as many as two fused multiply-adds a cycle of
 * latency four need; more rows load fewer vectors for each of them. The just-in-time compiler loads
 * all broadcast weights of a pass before it uses them, so that with 5 rows one of sixteen registers
 * too many is wanted, and with 10 rows one of 32: an accumulator then goes through memory at each
 * pass, which makes the loop three times slower.
 */
final class VectorKernels implements Kernels {
  /** The width in use: {@code advect.vector=512|256|128} forces one. */
  static final VectorSpecies<Float> SPECIES = species();

  private static final VectorSpecies<Double> DOUBLES = SPECIES.withLanes(double.class);

  /** 0, 1, 2, ... */
  static final FloatVector LANES = FloatVector.zero(SPECIES).addIndex(1);

  /**
   * What added to a number leaves it as it is, -0 included. What a loop carries is added to it, see
   * {@link VectorCode}.
   */
  private static final FloatVector NOTHING = FloatVector.broadcast(SPECIES, -0f);

  private static final DoubleVector NO_DOUBLES = DoubleVector.broadcast(DOUBLES, -0d);

  private static final int L = SPECIES.length();
  private static final int P = 2 * L;
  private static final LoopCompiler.Target VECTORS = new LoopCompiler.Target(2, P);
  private static final int ROWS = registers() >= 32 ? Math.min(8, L) : 4;

  private final ConcurrentMap<Region, FusedLoop> loops = new ConcurrentHashMap<>();
  private final ConcurrentMap<Shape, MicroKernel> kernels = new ConcurrentHashMap<>();

  /** Made when it is first wanted. */
  private static final class Turns {
    static final Turn TURN = TurnCompiler.compile();

    private Turns() {}
  }

  private static VectorSpecies<Float> species() {
    int bits = Integer.getInteger("advect.vector", 0);
    return bits == 0
        ? FloatVector.SPECIES_PREFERRED
        : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }

  /** Vector registers: x86 has 16 of them unless they are 512 bits wide, others have 32. */
  private static int registers() {
    String arch = System.getProperty("os.arch");
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    return x86 && SPECIES.vectorBitSize() < 512 ? 16 : 32;
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
  public void draw(
      Key key, Source.Draw draw, long sample, int block, int rows, float[] out, int at, Room room) {
    int[] words = room.words();
    VectorDraws.philox(key.seed(), draw.purpose(), key.step(), sample, block, words, P);
    switch (draw.distribution()) {
      case UNIFORM -> VectorDraws.uniform(words, rows * P, out, at);
      case RADEMACHER -> VectorDraws.rademacher(words, rows * P, out, at);
      case INDEX -> Draws.shape(draw.distribution(), draw.bound(), words, rows, out, at, P);
      case NORMAL -> {
        for (int k = 0; k < rows; k += 2) {
          VectorDraws.normals(words, k * P, P, k + 1 < rows, out, at + k * P, room.floats());
        }
      }
    }
  }

  @Override
  public FusedLoop compile(Region region) {
    return loops.computeIfAbsent(region, r -> LoopCompiler.compile(r, VECTORS));
  }

  @Override
  public int block() {
    return L;
  }

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public MicroKernel kernel(Shape shape) {
    return kernels.computeIfAbsent(shape, KernelCompiler::compile);
  }

  @Override
  public void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch) {
    Turns.TURN.run(from, at, pitch, to, to0, toPitch);
  }

  @Override
  public void copy(float[] from, int at, int pitch, float[] to, int to0, int rows) {
    for (int r = 0; r < rows; r++) {
      load(from, at + r * pitch).intoArray(to, to0 + r * L);
    }
  }

  @Override
  public void copyRows(
      float[] from, int at, int pitch, float[] to, int to0, int toPitch, int rows) {
    for (int r = 0; r < rows; r++) {
      load(from, at + r * pitch).intoArray(to, to0 + r * toPitch);
      load(from, at + r * pitch + L).intoArray(to, to0 + r * toPitch + L);
    }
  }

  @Override
  public void addUp(float[][] terms, int at, float[] to, int to0, int toPitch, int rows) {
    for (int r = 0; r < rows; r++) {
      int from = at + r * P;
      FloatVector s0 = load(terms[0], from);
      FloatVector s1 = load(terms[0], from + L);
      for (int l = 1; l < terms.length; l++) {
        s0 = load(terms[l], from).add(s0);
        s1 = load(terms[l], from + L).add(s1);
      }
      NOTHING.add(s0).intoArray(to, to0 + r * toPitch);
      NOTHING.add(s1).intoArray(to, to0 + r * toPitch + L);
    }
  }

  @Override
  public double sum(float[] a, int from, int to) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    int whole = from + (to - from) / L * L;
    for (int i = from; i < whole; i += L) {
      FloatVector x = load(a, i);
      low = ((DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 0)).add(low);
      high = ((DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 1)).add(high);
    }
    double[] sums = new double[L];
    NO_DOUBLES.add(low).intoArray(sums, 0);
    NO_DOUBLES.add(high).intoArray(sums, L / 2);
    return ScalarKernels.total(sums, a, whole, to);
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
    NOTHING.add(s0).intoArray(c, c0);
    NOTHING.add(s1).intoArray(c, c0 + L);
  }

  private static FloatVector load(float[] a, int i) {
    return FloatVector.fromArray(SPECIES, a, i);
  }
}
