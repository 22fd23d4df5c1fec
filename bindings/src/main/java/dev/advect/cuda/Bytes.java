package dev.advect.cuda;

import java.util.Locale;

/** Says amounts of memory the way people read them. */
final class Bytes {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

  private Bytes() {}

  /** Bytes below 1 KiB, and with one digit after the point in the largest unit that fits above. */
  static String describe(long bytes) {
    if (Math.abs(bytes) < 1024) {
      return bytes == 1 ? "1 byte" : bytes + " bytes";
    }
    double amount = bytes / 1024.0;
    int unit = 0;
    while (Math.abs(amount) >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
  }

  /** Both amounts in the unit of the larger one: {@code 0.9 of 79.6 GiB}. */
  static String describe(long part, long whole) {
    String all = describe(whole);
    if (Math.abs(whole) < 1024) {
      return part + " of " + all;
    }
    double scale = 1024;
    for (String unit : UNITS) {
      if (all.endsWith(unit)) {
        break;
      }
      scale *= 1024;
    }
    return String.format(Locale.ROOT, "%.1f of %s", part / scale, all);
  }
}
