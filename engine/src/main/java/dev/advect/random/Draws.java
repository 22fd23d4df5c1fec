package dev.advect.random;

import dev.advect.graph.Op.Distribution;

/**
 * Draws on the host, in float, bit-equal to those of the CPU engine: element e of sample s at a
 * step is a pure function of seed, purpose, step, s and e.
 */
public final class Draws {
  private Draws() {}

  /**
   * From random words to numbers of a law, for several samples side by side.
   *
   * @param bound of indices; ignored by the other laws
   * @param words of word k of a block of four, those of all samples at {@code k * samples}
   * @param elements how many of the four are wanted
   * @param out receives element k of all samples at {@code at + k * samples}
   */
  public static void shape(
      Distribution law, int bound, int[] words, int elements, float[] out, int at, int samples) {
    int count = elements * samples;
    switch (law) {
      case UNIFORM -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Laws.uniform(words[i]);
        }
      }
      case RADEMACHER -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Laws.rademacher(words[i]);
        }
      }
      case INDEX -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Laws.index(words[i], bound);
        }
      }
      case NORMAL -> {
        for (int k = 0; k < elements; k++) {
          int pair = (k & 2) * samples;
          for (int s = 0; s < samples; s++) {
            out[at + k * samples + s] =
                Laws.normal(words[pair + s], words[pair + samples + s], k % 2 == 0);
          }
        }
      }
    }
  }

  /** Standard normals: {@code samples * elements} numbers, sample by sample. */
  public static float[] normal(long seed, int purpose, long step, int samples, int elements) {
    return draw(Distribution.NORMAL, 0, seed, purpose, step, samples, elements);
  }

  /** One uniform on (0, 1] a sample. */
  public static float[] uniform(long seed, int purpose, long step, int samples) {
    return draw(Distribution.UNIFORM, 0, seed, purpose, step, samples, 1);
  }

  /** One whole number from 0 to bound-1 a sample. */
  public static int[] index(long seed, int purpose, long step, int samples, int bound) {
    int[] words = new int[4];
    int[] out = new int[samples];
    for (int s = 0; s < samples; s++) {
      Philox.draw(seed, purpose, step, s, 0, words, 0, 1);
      out[s] = Laws.index(words[0], bound);
    }
    return out;
  }

  private static float[] draw(
      Distribution law, int bound, long seed, int purpose, long step, int samples, int elements) {
    float[] out = new float[Math.multiplyExact(samples, elements)];
    int[] words = new int[4];
    for (int s = 0; s < samples; s++) {
      for (int block = 0; block * 4 < elements; block++) {
        Philox.draw(seed, purpose, step, s, block, words, 0, 1);
        int wanted = Math.min(4, elements - block * 4);
        shape(law, bound, words, wanted, out, s * elements + block * 4, 1);
      }
    }
    return out;
  }
}
