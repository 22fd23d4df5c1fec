package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.data.Split.Size;
import dev.advect.data.Split.Sizes;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {
  /** Of 8 rows and seed 0, from a second implementation (Python, from the description). */
  private static final int[] GOLDEN = {3, 0, 5, 4, 7, 6, 1, 2};

  @Test
  void partsAreDisjointAndTakeTheRest() {
    Table table = counting(1797);
    Split split = Split.of(table, new Sizes(Size.of(1000), Size.of(350), Size.rest()));
    assertThat(split.train().rows()).isEqualTo(1000);
    assertThat(split.validation().rows()).isEqualTo(350);
    assertThat(split.test().rows()).isEqualTo(447);
    float[] all = Arrays.copyOf(split.train().values(), 1797);
    System.arraycopy(split.validation().values(), 0, all, 1000, 350);
    System.arraycopy(split.test().values(), 0, all, 1350, 447);
    Arrays.sort(all);
    assertThat(all).containsExactly(table.values());
  }

  @Test
  void orderDependsOnSeedAndNumberOfRowsOnly() {
    Table table = counting(100);
    Split few = Split.of(table, new Sizes(Size.of(10), Size.of(0), Size.of(5)), 3);
    Split many = Split.of(table, new Sizes(Size.rest(), Size.of(0), Size.of(0)), 3);
    assertThat(Arrays.copyOf(many.train().values(), 10)).containsExactly(few.train().values());
    assertThat(Arrays.copyOfRange(many.train().values(), 10, 15))
        .containsExactly(few.test().values());
    assertThat(few.validation().rows()).isZero();
    assertThat(Split.of(table, Sizes.trainOnly(), 4).train().values())
        .isNotEqualTo(many.train().values());
    assertThat(Split.of(table, Sizes.trainOnly()).train().values())
        .containsExactly(Split.of(table, Sizes.trainOnly(), 0).train().values());
  }

  @Test
  void permutationsAreStableAndEven() {
    assertThat(Split.permutation(8, 0)).containsExactly(GOLDEN);
    int[][] counts = new int[5][5];
    for (int seed = 0; seed < 20_000; seed++) {
      int[] order = Split.permutation(5, seed);
      for (int i = 0; i < 5; i++) {
        counts[i][order[i]]++;
      }
    }
    for (int[] row : counts) {
      for (int count : row) {
        assertThat(count).isBetween(3700, 4300);
      }
    }
  }

  @Test
  void labelsGoWithTheirRows() {
    Table table = counting(20).withLabels(IntStream.range(0, 20).toArray());
    Table train = Split.of(table, Sizes.trainOnly()).train();
    int[] labels = train.labels().orElseThrow();
    for (int row = 0; row < 20; row++) {
      assertThat(train.at(row, 0)).isEqualTo(labels[row]);
    }
  }

  @Test
  void impossibleSizesAreRefusedWithNumbers() {
    Table table = counting(100);
    assertRefused(
        () -> Split.of(table, new Sizes(Size.of(90), Size.of(20), Size.of(0))),
        "90 + 20 + 0 = 110 rows",
        "there are 100");
    assertRefused(
        () ->
            Split.of(table, new Sizes(Size.of(2_000_000_000), Size.of(2_000_000_000), Size.rest())),
        "4000000000 rows");
    assertRefused(
        () -> Split.of(table, new Sizes(Size.rest(), Size.of(50), Size.of(50))),
        "0 of 100 rows for training");
    assertRefused(() -> new Sizes(Size.rest(), Size.rest(), Size.of(1)), "2 parts", "the rest");
    assertRefused(() -> Size.of(-1), "-1 rows");
  }

  private static Table counting(int rows) {
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = i;
    }
    return Table.of(values, rows, 1);
  }
}
