package dev.advect.random;

import dev.advect.graph.Op.Distribution;

/**
 * From random words to numbers of a law.
 *
 * <p>A draw is a float, and its arithmetic uses no fused multiply-add, so every engine on every
 * machine gives the same bits, and so does the interpreter. A normal is made by the method of Box
 * and Muller from two words: the radius from one, the angle from the other; the first of the pair
 * takes the sine, the second the cosine, as cuRAND does.
 */
public final class Laws {
  private static final float CELL = 0x1p-32f;
  private static final float HALF_CELL = 0x1p-33f;

  private Laws() {}

  /** Uniform on (0, 1]: the middle of one of 2^32 cells, rounded to float. */
  public static float uniform(int word) {
    return (word & 0xFFFFFFFFL) * CELL + HALF_CELL;
  }

  /** -1 or 1, by the top bit. */
  public static float rademacher(int word) {
    return word < 0 ? -1f : 1f;
  }

  /** A whole number from 0 to bound-1. */
  public static int index(int word, int bound) {
    return (int) ((word & 0xFFFFFFFFL) * bound >>> 32);
  }

  /** sqrt(-2 ln u) for the uniform of a word; at most 1 ulp from the true value. */
  public static float radius(int word) {
    return (float) Math.sqrt(-2f * log(uniform(word)));
  }

  /** The natural logarithm of a normal float in (0, 1]; coefficients of Cephes' logf. */
  static float log(float u) {
    int bits = Float.floatToRawIntBits(u);
    int e = bits - 0x3f3504f3 >> 23;
    float m = Float.intBitsToFloat(bits - (e << 23)) - 1f;
    float p = 7.0376836292E-2f;
    p = p * m - 1.1514610310E-1f;
    p = p * m + 1.1676998740E-1f;
    p = p * m - 1.2420140846E-1f;
    p = p * m + 1.4249322787E-1f;
    p = p * m - 1.6668057665E-1f;
    p = p * m + 2.0000714765E-1f;
    p = p * m - 2.4999993993E-1f;
    p = p * m + 3.3333331174E-1f;
    float m2 = m * m;
    float tail = p * m2 * m + e * -2.12194440e-4f - 0.5f * m2;
    return m + tail + e * 0.693359375f;
  }

  /**
   * The angle of a word within its quadrant, in [-pi/4, pi/4): multiplied in double, because a
   * float pi would already cost the sine half an ulp.
   */
  private static float reduced(int word) {
    return (float) ((word << 2 >> 8) * (Math.PI / 4 * 0x1p-23));
  }

  /** sin(2 pi (word's 32-bit fraction) + pi/4), the law of a random direction's sine. */
  public static float sine(int word) {
    float x = reduced(word);
    float s = (word & 0x40000000) == 0 ? sin(x) : cos(x);
    return word < 0 ? -s : s;
  }

  /** The cosine of the same angle. */
  public static float cosine(int word) {
    float x = reduced(word);
    float c = (word & 0x40000000) == 0 ? cos(x) : -sin(x);
    return word < 0 ? -c : c;
  }

  private static float sin(float x) {
    float z = x * x;
    float p = -1.9515295891E-4f * z + 8.3321608736E-3f;
    return (p * z - 1.6666654611E-1f) * z * x + x;
  }

  private static float cos(float x) {
    float z = x * x;
    float p = 2.443315711809948E-5f * z - 1.388731625493765E-3f;
    p = p * z + 4.166664568298827E-2f;
    return p * z * z - 0.5f * z + 1f;
  }

  /** A normal of two words: the sine's or the cosine's. */
  public static float normal(int radius, int angle, boolean sine) {
    return radius(radius) * (sine ? sine(angle) : cosine(angle));
  }

  /** The normal of two words in double: the slow, obvious meaning of {@link #normal}. */
  public static double trueNormal(int radius, int angle, boolean sine) {
    double r = Math.sqrt(-2 * Math.log(uniform(radius)));
    double x = (angle << 2 >> 8) * (Math.PI / 4 * 0x1p-23);
    int quadrant = (angle >>> 30) + (sine ? 0 : 1);
    return switch (quadrant % 4) {
      case 0 -> r * Math.sin(x);
      case 1 -> r * Math.cos(x);
      case 2 -> -r * Math.sin(x);
      default -> -r * Math.cos(x);
    };
  }

  /** One element of a draw: the float that every engine makes, and the interpreter. */
  public static float element(
      Distribution law, int bound, long seed, int purpose, long step, long sample, int element) {
    int[] words = new int[4];
    Philox.draw(seed, purpose, step, sample, element / 4, words, 0, 1);
    int word = words[element % 4];
    int pair = element % 4 & 2;
    return switch (law) {
      case UNIFORM -> uniform(word);
      case RADEMACHER -> rademacher(word);
      case INDEX -> index(word, bound);
      case NORMAL -> normal(words[pair], words[pair + 1], element % 2 == 0);
    };
  }
}
