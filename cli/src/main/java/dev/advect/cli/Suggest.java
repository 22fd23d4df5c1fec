package dev.advect.cli;

import dev.advect.data.Spelling;
import java.util.Collection;

/** Hints for a word that is not known. */
public final class Suggest {
  private Suggest() {}

  /** {@code did you mean a or b?} if a known word is close, otherwise an empty string. */
  public static String closest(String word, Collection<String> known) {
    var near = Spelling.closest(word, known);
    return near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "?";
  }

  /** The closest known words if there are any, then all of them: {@code the presets are a, b}. */
  public static String from(String word, String whatTheyAre, Collection<String> known) {
    String all = whatTheyAre + " " + String.join(", ", known);
    String closest = closest(word, known);
    return closest.isEmpty() ? all : closest + " " + all;
  }
}
