package dev.advect.data;

import java.util.SplittableRandom;

/**
 * The random numbers of one row: a fresh SplitMix64 sequence whose start mixes the seed and the
 * row's number.
 *
 * <p>Only whole 64-bit words are taken from the JDK's generator (SplitMix64 of Steele, Lea and
 * Flood, OOPSLA 2014, with its standard increment), and normals are made from them with {@link
 * StrictMath}, so that every JDK and every machine draws the same bits.
 */
final class RowRandom {
  private static final long INCREMENT = 0x9E3779B97F4A7C15L; // 2^64 / golden ratio, odd
  private static final double UNIT = 0x1p-53;

  private final SplittableRandom words;
  private double spareNormal;
  private boolean hasSpare;

  RowRandom(long seed, long row) {
    words = new SplittableRandom(mix(mix(seed + INCREMENT) + row * INCREMENT));
  }

  /** Uniform on [0, 1), a multiple of 2^-53. */
  double uniform() {
    return (words.nextLong() >>> 11) * UNIT;
  }

  /** Uniform on [0, 1), a multiple of 2^-22: sums with small integers are exact in 32 bits. */
  double coarseUniform() {
    return (words.nextLong() >>> 42) * 0x1p-22;
  }

  /** Uniform on 0 .. bound - 1; the bias is below bound / 2^64. */
  int below(int bound) {
    return (int) Math.unsignedMultiplyHigh(words.nextLong(), bound);
  }

  /** Standard normal, by the transform of Box and Muller (1958), which makes them in pairs. */
  double normal() {
    if (hasSpare) {
      hasSpare = false;
      return spareNormal;
    }
    double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
    double angle = 2 * Math.PI * uniform();
    spareNormal = radius * StrictMath.sin(angle);
    hasSpare = true;
    return radius * StrictMath.cos(angle);
  }

  /** Variant 13 of Stafford's finalisers of 64-bit words, the one SplitMix64 uses. */
  private static long mix(long word) {
    long mixed = (word ^ word >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
