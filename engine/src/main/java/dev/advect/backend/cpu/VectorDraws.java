package dev.advect.backend.cpu;

import dev.advect.random.Draws;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Random numbers of several samples at a time, bit by bit those of {@link Draws}: the same
 * operations in the same order, on vectors.
 *
 * <p>Each loop is one method without helpers, because a helper that is not inlined passes its
 * vectors through memory; and what a loop carries is an argument only, see {@link VectorCode}.
 */
final class VectorDraws {
  private static final VectorShape SHAPE = VectorKernels.SPECIES.vectorShape();
  private static final VectorShape HALF_SHAPE = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);
  private static final VectorSpecies<Float> FLOATS = VectorKernels.SPECIES;
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF_INTS = VectorSpecies.of(int.class, HALF_SHAPE);
  private static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class, HALF_SHAPE);
  private static final LongVector LANES = LongVector.zero(LONGS).addIndex(1);
  private static final long WORD = 0xFFFFFFFFL;
  private static final float CELL = 0x1p-32f;
  private static final float HALF_CELL = 0x1p-33f;

  private VectorDraws() {}

  /**
   * As {@link dev.advect.random.Philox#draw} for several samples.
   *
   * @param sample the first of them
   * @param samples how many, a multiple of a vector's floats
   * @param words receives word k of all samples at {@code k * samples}
   */
  static void philox(
      long seed, int purpose, long step, long sample, int block, int[] words, int samples) {
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    LongVector m0 = LongVector.broadcast(LONGS, 0xD2511F53L);
    LongVector m1 = LongVector.broadcast(LONGS, 0xCD9E8D57L);
    LongVector zero = LongVector.zero(LONGS);
    for (int s = 0; s < samples; s += LONGS.length()) {
      LongVector index = LANES.add(sample + s);
      LongVector c0 = index.and(WORD);
      LongVector c1 =
          index.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.LSHL, 24).or(block);
      LongVector c2 = LongVector.broadcast(LONGS, step & WORD);
      LongVector c3 = LongVector.broadcast(LONGS, (step >>> 32 & 0xFFFF | purpose << 16) & WORD);
      for (int round = 0; round < 10; round++) {
        LongVector p0 = m0.mul(c0);
        LongVector p1 = m1.mul(c2);
        long key0 = k0 + round * 0x9E3779B9 & WORD;
        long key1 = k1 + round * 0xBB67AE85 & WORD;
        c0 =
            p1.lanewise(VectorOperators.LSHR, 32)
                .lanewise(VectorOperators.XOR, c1)
                .lanewise(VectorOperators.XOR, key0);
        c2 =
            p0.lanewise(VectorOperators.LSHR, 32)
                .lanewise(VectorOperators.XOR, c3)
                .lanewise(VectorOperators.XOR, key1);
        c1 = p1.and(WORD);
        c3 = p0.and(WORD);
      }
      ((IntVector) zero.or(c0).castShape(HALF_INTS, 0)).intoArray(words, s);
      ((IntVector) zero.or(c1).castShape(HALF_INTS, 0)).intoArray(words, samples + s);
      ((IntVector) zero.or(c2).castShape(HALF_INTS, 0)).intoArray(words, 2 * samples + s);
      ((IntVector) zero.or(c3).castShape(HALF_INTS, 0)).intoArray(words, 3 * samples + s);
    }
  }

  /** Uniforms on (0, 1] of {@code count} words. */
  static void uniform(int[] words, int count, float[] out, int at) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector w = IntVector.fromArray(INTS, words, i);
      FloatVector high =
          (FloatVector) w.lanewise(VectorOperators.LSHR, 16).convert(VectorOperators.I2F, 0);
      FloatVector low = (FloatVector) w.and(0xFFFF).convert(VectorOperators.I2F, 0);
      // Both are exact, so that their sum is rounded once, as the whole word would be.
      high.mul(65536f).add(low).mul(CELL).add(HALF_CELL).intoArray(out, at + i);
    }
  }

  /** Signs by the top bit of {@code count} words. */
  static void rademacher(int[] words, int count, float[] out, int at) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector w = IntVector.fromArray(INTS, words, i);
      w.and(0x80000000)
          .or(Float.floatToRawIntBits(1f))
          .reinterpretAsFloats()
          .intoArray(out, at + i);
    }
  }

  /**
   * Pairs of normals: from a word for the radius and one for the angle the sine and the cosine.
   *
   * @param words radii from {@code first}, angles from {@code first + samples}
   * @param out receives the sines from {@code at}, the cosines from {@code at + samples} if wanted
   * @param angles room for {@code samples} floats
   */
  static void normals(
      int[] words, int first, int samples, boolean both, float[] out, int at, float[] angles) {
    for (int s = 0; s < samples; s += HALF_INTS.length()) {
      IntVector w = IntVector.fromArray(HALF_INTS, words, first + samples + s);
      IntVector angle = w.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 8);
      DoubleVector x = ((DoubleVector) angle.castShape(DOUBLES, 0)).mul(Math.PI / 4 * 0x1p-23);
      ((FloatVector) x.castShape(HALF_FLOATS, 0)).intoArray(angles, s);
    }
    for (int s = 0; s < samples; s += INTS.length()) {
      IntVector w = IntVector.fromArray(INTS, words, first + s);
      FloatVector high =
          (FloatVector) w.lanewise(VectorOperators.LSHR, 16).convert(VectorOperators.I2F, 0);
      FloatVector low = (FloatVector) w.and(0xFFFF).convert(VectorOperators.I2F, 0);
      IntVector bits = high.mul(65536f).add(low).mul(CELL).add(HALF_CELL).reinterpretAsInts();
      IntVector exponent = bits.sub(0x3f3504f3).lanewise(VectorOperators.ASHR, 23);
      FloatVector m =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
      FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
      FloatVector p = m.mul(7.0376836292E-2f).sub(1.1514610310E-1f);
      p = p.mul(m).add(1.1676998740E-1f);
      p = p.mul(m).sub(1.2420140846E-1f);
      p = p.mul(m).add(1.4249322787E-1f);
      p = p.mul(m).sub(1.6668057665E-1f);
      p = p.mul(m).add(2.0000714765E-1f);
      p = p.mul(m).sub(2.4999993993E-1f);
      p = p.mul(m).add(3.3333331174E-1f);
      FloatVector square = m.mul(m);
      FloatVector tail = p.mul(square).mul(m).add(e.mul(-2.12194440e-4f)).sub(square.mul(0.5f));
      FloatVector radius = m.add(tail).add(e.mul(0.693359375f)).mul(-2f).sqrt();

      FloatVector x = FloatVector.fromArray(FLOATS, angles, s);
      FloatVector z = x.mul(x);
      FloatVector sin = z.mul(-1.9515295891E-4f).add(8.3321608736E-3f);
      sin = sin.mul(z).sub(1.6666654611E-1f).mul(z).mul(x).add(x);
      FloatVector cos = z.mul(2.443315711809948E-5f).sub(1.388731625493765E-3f);
      cos = cos.mul(z).add(4.166664568298827E-2f);
      cos = cos.mul(z).mul(z).sub(z.mul(0.5f)).add(1f);
      w = IntVector.fromArray(INTS, words, first + samples + s);
      VectorMask<Float> odd = w.and(0x40000000).compare(VectorOperators.NE, 0).cast(FLOATS);
      IntVector sign = w.and(0x80000000);
      FloatVector sine =
          sin.blend(cos, odd)
              .reinterpretAsInts()
              .lanewise(VectorOperators.XOR, sign)
              .reinterpretAsFloats();
      radius.mul(sine).intoArray(out, at + s);
      if (both) {
        FloatVector cosine =
            cos.blend(sin.neg(), odd)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, sign)
                .reinterpretAsFloats();
        radius.mul(cosine).intoArray(out, at + samples + s);
      }
    }
  }
}
