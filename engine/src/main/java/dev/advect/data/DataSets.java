package dev.advect.data;

import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds data by name: the built-in generators and sets, and files. */
public final class DataSets {
  private static final String DIGITS = "digits";
  private static final String DIGITS_DESCRIPTION =
      "1797 handwritten digits, 8 x 8 pixels from 0 to 16, labelled: test part of the UCI set"
          + " 'Optical Recognition of Handwritten Digits' (Alpaydin and Kaynak 1998)";

  private DataSets() {}

  /** The names of everything built in, in the order in which they are listed. */
  public static List<String> names() {
    return Stream.concat(Toy.all().stream().map(Toy::name), Stream.of(DIGITS)).toList();
  }

  /** Everything built in, in the order in which it is listed. */
  public static List<DataSet> all() {
    return names().stream().map(DataSets::named).toList();
  }

  /**
   * A built-in generator or set.
   *
   * @throws AdvectException if there is none of that name, with those it may have been meant for
   */
  public static DataSet named(String name) {
    if (name.equals(DIGITS)) {
      return new DataSet.Finite(DIGITS, DIGITS_DESCRIPTION, BuiltIn.digits());
    }
    for (Toy toy : Toy.all()) {
      if (toy.name().equals(name)) {
        return toy;
      }
    }
    List<String> closest = Spelling.closest(name, names());
    String meant = closest.isEmpty() ? "" : "did you mean " + String.join(" or ", closest) + "? ";
    throw new AdvectException(
        "there is no built-in data set '" + FileProblems.shown(name) + "'",
        meant + "The built-in sets are " + String.join(", ", names()));
  }

  /**
   * A built-in set if there is one of that name, otherwise the file of that name.
   *
   * @throws AdvectException if it is neither, or if the file is bad
   */
  public static DataSet open(String nameOrFile) {
    if (names().contains(nameOrFile) || !looksLikeFile(nameOrFile)) {
      return named(nameOrFile);
    }
    Table table = Tables.read(Path.of(nameOrFile));
    String description = table.rows() + " rows of " + table.columns() + " columns";
    return new DataSet.Finite(nameOrFile, description, table);
  }

  private static boolean looksLikeFile(String text) {
    try {
      Path path = Path.of(text);
      return text.contains(".") || path.getNameCount() > 1 || Files.exists(path);
    } catch (InvalidPathException _) {
      return false;
    }
  }
}
