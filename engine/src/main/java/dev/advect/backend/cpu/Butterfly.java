package dev.advect.backend.cpu;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Which lanes of two vectors the steps of a transposition take: at distance d the pair of rows i
 * and i + d trades the lanes whose number has, or lacks, the bit d.
 *
 * <p>Constants by name, and not an array, because the just-in-time compiler takes only those for
 * constants.
 */
final class Butterfly {
  private static final VectorSpecies<Integer> SPECIES =
      VectorSpecies.of(int.class, VectorKernels.SPECIES.vectorShape());

  static final IntVector LOW1 = low(1);
  static final IntVector HIGH1 = high(1);
  static final IntVector LOW2 = low(2);
  static final IntVector HIGH2 = high(2);
  static final IntVector LOW4 = low(4);
  static final IntVector HIGH4 = high(4);
  static final IntVector LOW8 = low(8);
  static final IntVector HIGH8 = high(8);

  private Butterfly() {}

  private static IntVector low(int d) {
    int lanes = SPECIES.length();
    return lanes(j -> (j & d) == 0 ? j : lanes + (j ^ d));
  }

  private static IntVector high(int d) {
    int lanes = SPECIES.length();
    return lanes(j -> (j & d) == 0 ? j | d : lanes + j);
  }

  /** Of which a vector too short for the distance makes no use. */
  private static IntVector lanes(java.util.function.IntUnaryOperator lane) {
    int[] lanes = new int[SPECIES.length()];
    for (int j = 0; j < lanes.length; j++) {
      lanes[j] = lane.applyAsInt(j) % (2 * lanes.length);
    }
    return IntVector.fromArray(SPECIES, lanes, 0);
  }
}
