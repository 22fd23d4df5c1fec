package dev.advect.random;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3" (2011), and the two ways counters are laid out here.
 *
 * <p>A <em>draw</em> gives sample {@code s} at step {@code n} its elements for one purpose four at
 * a time: block {@code b} holds elements {@code 4b} to {@code 4b+3} and has the counter
 *
 * <pre>
 *   c0 = low 32 bits of s        c1 = b (24 bits) + bits 32..39 of s in the top byte
 *   c2 = low 32 bits of n        c3 = bits 32..47 of n + the purpose in the top 16 bits
 * </pre>
 *
 * under the key (low, high 32 bits of the seed). A <em>bulk</em> sequence is the one cuRAND's host
 * generator gives for CURAND_RNG_PSEUDO_PHILOX4_32_10 with its default ordering.
 */
public final class Philox {
  private Philox() {}

  /**
   * One block of four random words.
   *
   * @param out receives the words at {@code at} .. {@code at + 3 * stride}
   */
  static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out, int at, int stride) {
    for (int round = 0; round < 10; round++) {
      long p0 = (c0 & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c2 & 0xFFFFFFFFL) * 0xCD9E8D57L;
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    out[at] = c0;
    out[at + stride] = c1;
    out[at + 2 * stride] = c2;
    out[at + 3 * stride] = c3;
  }

  /**
   * The four words of one block of a draw.
   *
   * @param sample index in the global batch or set, below 2^40
   * @param block which four elements, below 2^24
   * @param out receives the words at {@code at} .. {@code at + 3 * stride}
   */
  public static void draw(
      long seed, int purpose, long step, long sample, int block, int[] out, int at, int stride) {
    block(
        (int) sample,
        block | (int) (sample >>> 32) << 24,
        (int) step,
        (int) (step >>> 32) & 0xFFFF | purpose << 16,
        (int) seed,
        (int) (seed >>> 32),
        out,
        at,
        stride);
  }

  /**
   * Bulk uniforms on (0, 1], bit-equal to cuRAND's host generator from the given offset.
   *
   * @param offset index of the first number, a multiple of 4
   */
  public static void bulkUniform(long seed, long offset, float[] out) {
    if (offset < 0 || offset % 4 != 0) {
      throw new IllegalArgumentException(
          "the offset must be a multiple of 4 and not negative, not " + offset);
    }
    int[] words = new int[4];
    for (int i = 0; i < out.length; i += 4) {
      long t = (offset + i) / 4;
      block(
          (int) (t >>> 16), 0, (int) (t & 0xFFFF), 0, (int) seed, (int) (seed >>> 32), words, 0, 1);
      for (int j = 0; j < 4 && i + j < out.length; j++) {
        out[i + j] = Laws.uniform(words[j]);
      }
    }
  }
}
