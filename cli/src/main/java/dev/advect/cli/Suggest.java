package dev.advect.cli;

import dev.advect.data.Spelling;
import java.util.Collection;
import java.util.function.Function;

/** Hints for a word that is not known. */
public final class Suggest {
  private Suggest() {}

  /** {@code did you mean a or b?} if a known word is close, otherwise an empty string. */
  public static String closest(String word, Collection<String> known) {
    var near = Spelling.closest(word, known);
    return near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "?";
  }

  /** The closest known words if there are any, then all of them: {@code The presets are a, b}. */
  public static String from(String word, String whatTheyAre, Collection<String> known) {
    return from(word, whatTheyAre, known, Function.identity());
  }

  /**
   * As {@link #from(String, String, Collection)}.
   *
   * @param shown how a suggested word is written
   */
  public static String from(
      String word, String whatTheyAre, Collection<String> known, Function<String, String> shown) {
    String all = whatTheyAre + " " + String.join(", ", known);
    var near = Spelling.closest(word, known).stream().map(shown).toList();
    return near.isEmpty()
        ? all
        : "did you mean %s? %s"
            .formatted(
                String.join(" or ", near), Character.toUpperCase(all.charAt(0)) + all.substring(1));
  }
}
