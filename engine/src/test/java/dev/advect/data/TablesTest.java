package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.idx",
        "a.idx.gz",
        "train-images-idx3-ubyte",
        "train-images-idx3-ubyte.gz",
        "odd",
        "odd.gz"
      })
  void idxByNameOrContent(String name) throws IOException {
    byte[] bytes = IdxTest.idx(0x08, new byte[] {1, 2, 3, 4}, 1, 2, 2);
    Path file =
        Files.write(folder.resolve(name), name.endsWith(".gz") ? IdxTest.gzip(bytes) : bytes);
    Table table = Tables.read(file);
    assertThat(table.values()).containsExactly(1, 2, 3, 4);
    assertThat(table.image()).contains(new ImageShape(2, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.npy", "A.NPY", "a.data"})
  void npyByNameOrContent(String name) {
    Path file = folder.resolve(name);
    Npy.write(file, new float[] {1, 2}, 1, 2);
    assertThat(Tables.read(file).values()).containsExactly(1, 2);
  }

  @Test
  void csvByName() throws IOException {
    Path plain = Files.writeString(folder.resolve("a.CSV"), "1,2\n");
    assertThat(Tables.read(plain).values()).containsExactly(1, 2);
    Path packed = Files.write(folder.resolve("a.csv.gz"), IdxTest.gzip("3,4\n".getBytes()));
    assertThat(Tables.read(packed).values()).containsExactly(3, 4);
  }

  @Test
  void whatIsNotReadIsToldWithWhatIs() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "1,2\n");
    assertThat(assertRefused(() -> Tables.read(text), "a.txt", "no format").hint())
        .contains(".npy", ".csv", ".csv.gz", ".idx", "-ubyte");
    Path empty = Files.writeString(folder.resolve("empty.bin"), "");
    assertRefused(() -> Tables.read(empty), "empty.bin");
    assertRefused(() -> Tables.read(folder.resolve("no.csv")), "no.csv", "does not exist");
    assertRefused(() -> Tables.read(folder), folder.toString(), "is a folder");
    Path notPacked = Files.writeString(folder.resolve("b.gz"), "1,2\n");
    assertRefused(() -> Tables.read(notPacked), "b.gz", "1f 8b");
  }

  @Test
  void tableKeepsWhatBelongsToItsRows() {
    Table table =
        Table.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 4, 2)
            .withNames(List.of("x", "y"))
            .withLabels(new int[] {9, 8, 7, 6})
            .withImage(new ImageShape(1, 2));
    Table middle = table.slice(1, 3);
    assertThat(middle.values()).containsExactly(2, 3, 4, 5);
    assertThat(middle.labels().orElseThrow()).containsExactly(8, 7);
    assertThat(middle.names()).contains(List.of("x", "y"));
    assertThat(middle.image()).contains(new ImageShape(1, 2));
    Table taken = table.take(new int[] {3, 0});
    assertThat(taken.values()).containsExactly(6, 7, 0, 1);
    assertThat(taken.labels().orElseThrow()).containsExactly(6, 9);
    assertThat(table.head(1).values()).containsExactly(0, 1);
    assertThat(table.slice(2, 2).rows()).isZero();
    assertThat(table.at(2, 1)).isEqualTo(5);
    assertThat(table).hasToString("Table[4 rows x 2 columns]");
  }

  @Test
  void tableRefusesRowsItDoesNotHave() {
    Table table = Table.of(new float[8], 4, 2);
    assertRefused(() -> table.slice(2, 5), "rows 2 to 5", "there are 4");
    assertRefused(() -> table.slice(3, 2), "rows 3 to 2");
    assertRefused(() -> table.head(5), "5 rows", "there are 4");
    assertThatThrownBy(() -> table.take(new int[] {4}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> table.at(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Table.of(new float[7], 4, 2)).hasMessageContainingAll("8", "7");
    assertThatThrownBy(() -> Table.of(new float[0], 0, 0)).hasMessageContaining("0 columns");
    assertThatThrownBy(() -> table.withNames(List.of("x"))).hasMessageContaining("1 names for 2");
    assertThatThrownBy(() -> table.withLabels(new int[3])).hasMessageContaining("3 labels for 4");
    assertThatThrownBy(() -> table.withImage(new ImageShape(2, 2))).hasMessageContaining("2 col");
    assertThatThrownBy(() -> new ImageShape(0, 2)).hasMessageContaining("0 x 2");
  }

  @Test
  void conditionsStayWithTheirRows() {
    Table table =
        Table.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, 3, 3).withNames(List.of("a", "b", "c"));
    Table rows = table.columns(new int[] {2, 0}).withConditions(table.columns(new int[] {1}));
    assertThat(rows.values()).containsExactly(2, 0, 5, 3, 8, 6);
    assertThat(rows.names().orElseThrow()).containsExactly("c", "a");
    assertThat(rows.take(new int[] {2, 0}).conditions().orElseThrow().values())
        .containsExactly(7, 1);
    assertThat(rows.slice(1, 2).conditions().orElseThrow().values()).containsExactly(4);
    assertThat(table.conditions()).isEmpty();
    assertThatThrownBy(() -> table.withConditions(table.head(2)))
        .hasMessage("2 conditions for 3 rows");
  }
}
