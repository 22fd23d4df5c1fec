package dev.advect.cli.config;

import java.util.Locale;

/** The words of a configuration file for the constants of an enum: {@code EXACT_OT} is exact-ot. */
public final class Labels {
  private Labels() {}

  /** The word for a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
