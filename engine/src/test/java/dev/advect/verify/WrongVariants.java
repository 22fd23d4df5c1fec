package dev.advect.verify;

import java.util.List;
import java.util.stream.Stream;

/** For every law the same measurement of something that is wrong. */
final class WrongVariants {
  /**
   * A law asked of something that breaks it.
   *
   * @param mistake what is wrong with it
   * @param identity the law
   */
  record Variant(String mistake, Identity identity) {
    @Override
    public String toString() {
      return identity.name() + ": " + mistake;
    }
  }

  private WrongVariants() {}

  static List<Variant> all() {
    return Stream.of(WrongPaths.all(), WrongSolves.all(), WrongBatches.all())
        .flatMap(List::stream)
        .toList();
  }
}
