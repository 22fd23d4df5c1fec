package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
  @TempDir Path folder;

  @Test
  void digitsAreAllThere() {
    Table digits = BuiltIn.digits();
    assertThat(digits.rows()).isEqualTo(1797);
    assertThat(digits.columns()).isEqualTo(64);
    assertThat(digits.image()).contains(new ImageShape(8, 8));
    int[] labels = digits.labels().orElseThrow();
    assertThat(Arrays.copyOf(labels, 12)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    int[] counts = new int[10];
    for (int label : labels) {
      counts[label]++;
    }
    assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    assertThat(Arrays.copyOf(digits.values(), 8)).containsExactly(0, 0, 5, 13, 9, 1, 0, 0);
    float max = 0;
    for (float value : digits.values()) {
      assertThat(value).isBetween(0f, 16f);
      max = Math.max(max, value);
    }
    assertThat(max).isEqualTo(16);
    assertThat(BuiltIn.class.getResource("digits.SOURCE.txt")).isNotNull();
  }

  @Test
  void everythingIsFoundByItsName() {
    assertThat(DataSets.names())
        .containsExactly(
            "moons",
            "8gaussians",
            "checkerboard",
            "circles",
            "spirals",
            "swissroll",
            "pinwheel",
            "gaussian",
            "digits");
    for (DataSet set : DataSets.all()) {
      assertThat(DataSets.named(set.name()).description()).isEqualTo(set.description());
      int columns =
          switch (set) {
            case DataSet.Finite finite -> finite.table().columns();
            case Generator generator -> generator.draw(0, 1).columns();
          };
      assertThat(set.columns()).isEqualTo(columns);
    }
    assertThat(DataSets.named("digits").logDensity()).isEmpty();
    assertThat(DataSets.named("moons")).isSameAs(Toy.moons());
  }

  @Test
  void unknownNamesAreAnsweredWithTheClosest() {
    assertThat(assertRefused(() -> DataSets.named("mons"), "'mons'").hint())
        .startsWith("did you mean moons?")
        .contains("8gaussians", "digits");
    assertThat(assertRefused(() -> DataSets.named("2spirals"), "'2spirals'").hint())
        .startsWith("did you mean spirals?");
    assertThat(assertRefused(() -> DataSets.named("gaussians"), "'gaussians'").hint())
        .startsWith("did you mean 8gaussians or gaussian?");
    assertThat(assertRefused(() -> DataSets.named("zzzzzz"), "'zzzzzz'").hint())
        .startsWith("The built-in sets are");
    assertRefused(() -> DataSets.named(""), "''");
  }

  @Test
  void openTakesNamesAndFiles() throws IOException {
    assertThat(DataSets.open("circles")).isSameAs(Toy.circles());
    Path file = Files.writeString(folder.resolve("a.csv"), "1,2\n3,4\n5,6\n");
    DataSet set = DataSets.open(file.toString());
    assertThat(set.columns()).isEqualTo(2);
    assertThat(set.description()).isEqualTo("3 rows of 2 columns");
    assertThat(set.logDensity()).isEmpty();
    assertRefused(() -> DataSets.open("moon"), "'moon'");
    assertRefused(() -> DataSets.open("missing.csv"), "missing.csv", "does not exist");
    assertRefused(() -> DataSets.open("a\0b"), "no built-in data set");
  }

  @Test
  void editDistanceCountsLetters() {
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("MOONS", "moons")).isZero();
    assertThat(Spelling.closest("lerningRate", List.of("learningRate", "clip", "kind")))
        .containsExactly("learningRate");
  }
}
