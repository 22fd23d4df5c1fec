package dev.advect.train;

import dev.advect.data.Normalizer;

/**
 * How a conditional field was trained.
 *
 * @param normalizer from conditions as people give them to those the field is given; the identity
 *     for classes
 * @param dropout the share of samples that trained without their condition: with 0 the field never
 *     saw what 'no condition' is, so it cannot do without one and cannot be guided
 */
public record Conditioning(Normalizer normalizer, double dropout) {
  /** Checks the share. */
  public Conditioning {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "the dropout of conditions must be from 0 to below 1, not " + dropout);
    }
  }

  /** Of a field without conditions. */
  public static Conditioning none() {
    return new Conditioning(Normalizer.none(), 0);
  }
}
