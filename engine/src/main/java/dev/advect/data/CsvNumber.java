package dev.advect.data;

import java.util.Locale;
import java.util.Set;

/** Decides which texts are numbers, more strictly than {@link Float#parseFloat} does. */
final class CsvNumber {
  private static final Set<String> NON_FINITE = Set.of("nan", "inf", "infinity");

  private CsvNumber() {}

  /** Whether the text is a decimal number: optional sign, digits, fraction, exponent. */
  static boolean isDecimal(String text) {
    int at = sign(text, 0);
    int whole = digits(text, at);
    int end = whole;
    int mantissaDigits = whole - at;
    if (end < text.length() && text.charAt(end) == '.') {
      int fraction = digits(text, end + 1);
      mantissaDigits += fraction - end - 1;
      end = fraction;
    }
    if (mantissaDigits == 0) {
      return false;
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int exponent = sign(text, end + 1);
      end = digits(text, exponent);
      if (end == exponent) {
        return false;
      }
    }
    return end == text.length();
  }

  /** Whether the text is a word for a value that is no finite number. */
  static boolean isNonFinite(String text) {
    return NON_FINITE.contains(text.substring(sign(text, 0)).toLowerCase(Locale.ROOT));
  }

  /** Whether a first row with this field holds data rather than names. */
  static boolean looksLikeOne(String text) {
    return isDecimal(text) || isNonFinite(text);
  }

  private static int sign(String text, int at) {
    boolean signed = at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+');
    return signed ? at + 1 : at;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
