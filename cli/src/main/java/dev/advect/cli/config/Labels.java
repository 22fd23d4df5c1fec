package dev.advect.cli.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The words of a configuration file for the constants of an enum: {@code EXACT_OT} is exact-ot. */
public final class Labels {
  private Labels() {}

  /** The word for a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The words for all constants, in their order. */
  public static <E extends Enum<E>> List<String> all(Class<E> constants) {
    return Arrays.stream(constants.getEnumConstants()).map(Labels::of).toList();
  }

  /** The constant of a word. */
  public static <E extends Enum<E>> Optional<E> find(Class<E> constants, String word) {
    return Arrays.stream(constants.getEnumConstants())
        .filter(constant -> of(constant).equals(word))
        .findFirst();
  }
}
