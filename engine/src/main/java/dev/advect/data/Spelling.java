package dev.advect.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds which of the known words somebody may have meant. */
public final class Spelling {
  private static final int SUGGESTIONS = 3;

  private Spelling() {}

  /**
   * The known words within an edit distance of a third of the word's length (at least 2), or that
   * contain it or are contained in it, nearest first, at most three.
   */
  public static List<String> closest(String word, Collection<String> known) {
    int reach = Math.max(2, word.length() / 3);
    record Candidate(String word, int distance) {}
    return known.stream()
        .map(candidate -> new Candidate(candidate, distance(word, candidate)))
        .filter(candidate -> candidate.distance <= reach || oneHoldsTheOther(word, candidate.word))
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::word))
        .limit(SUGGESTIONS)
        .map(Candidate::word)
        .toList();
  }

  /**
   * The least number of single letters to insert, delete or replace to turn one word into the other
   * (Levenshtein 1966), ignoring case.
   */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static boolean oneHoldsTheOther(String a, String b) {
    return a.length() >= 3 && b.length() >= 3 && (a.contains(b) || b.contains(a));
  }
}
