package dev.advect.data;

import static dev.advect.file.Mistakes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalizerTest {
  private static final Table TABLE =
      Table.of(new float[] {0, 10, 5, 2, 10, 7, 4, 10, 9, 6, 10, 11}, 4, 3);

  @Test
  void digitsGetOneShiftAndOneScale() {
    Normalizer digits = Normalizer.fit(Normalizer.Kind.RANGE, BuiltIn.digits());
    assertThat(digits.shift()).containsExactly(8);
    assertThat(digits.scale()).containsExactly(8);
    assertThat(digits.toJson())
        .isEqualTo("{\"kind\": \"range\", \"shift\": [8.0], \"scale\": [8.0]}");
    assertThat(digits.logScaleSum(64)).isCloseTo(64 * Math.log(8), within(1e-12));
    assertThat(digits.apply(new float[] {0, 16, 4}, 3)).containsExactly(-1, 1, -0.5f);
  }

  @Test
  void rangeFitsEachColumn() {
    Normalizer range = Normalizer.fit(Normalizer.Kind.RANGE, TABLE);
    assertThat(range.shift()).containsExactly(3, 10, 8);
    assertThat(range.scale()).containsExactly(3, 1, 3);
    assertThat(range.apply(new float[] {0, 10, 11}, 3)).containsExactly(-1, 0, 1);
    assertThat(range.logScaleSum(3)).isCloseTo(2 * Math.log(3), within(1e-12));
  }

  @Test
  void standardizeGivesMeanZeroAndVarianceOne() {
    Normalizer standard = Normalizer.fit(Normalizer.Kind.STANDARDIZE, TABLE);
    assertThat(standard.shift()).containsExactly(3, 10, 8);
    float deviation = (float) Math.sqrt(5);
    assertThat(standard.scale()).containsExactly(deviation, 1, deviation);
    float[] mapped = standard.apply(TABLE.values(), 3);
    double squares = 0;
    for (int i = 0; i < mapped.length; i += 3) {
      squares += mapped[i] * mapped[i];
    }
    assertThat(squares / 4).isCloseTo(1, within(1e-6));
  }

  @Test
  void constantColumnsKeepScaleOneWhateverTheirValue() {
    float[] values = new float[1001];
    Arrays.fill(values, 0.1f);
    Table constant = Table.of(values, 1001, 1);
    for (Normalizer.Kind kind : Normalizer.Kind.values()) {
      assertThat(Normalizer.fit(kind, constant).scale()).containsExactly(1);
    }
    Table huge = Table.of(new float[] {-3.4e38f, 3.4e38f}, 2, 1);
    assertThat(Normalizer.fit(Normalizer.Kind.RANGE, huge).scale()).containsExactly(3.4e38f);
    assertThat(Normalizer.fit(Normalizer.Kind.STANDARDIZE, huge).scale()).containsExactly(3.4e38f);
  }

  @Test
  void noneIsTheIdentity() {
    Normalizer none = Normalizer.fit(Normalizer.Kind.NONE, TABLE);
    assertThat(none).isEqualTo(Normalizer.none());
    assertThat(none.apply(TABLE.values(), 3)).containsExactly(TABLE.values());
    assertThat(none.logScaleSum(5)).isZero();
  }

  @Test
  void undoInvertsApply() {
    SplittableRandom random = new SplittableRandom(8);
    for (Normalizer.Kind kind : Normalizer.Kind.values()) {
      float[] values = new float[300];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() * 100 - 20);
      }
      Normalizer normalizer = Normalizer.fit(kind, Table.of(values, 100, 3));
      float[] back = normalizer.undo(normalizer.apply(values, 3), 3);
      for (int i = 0; i < values.length; i++) {
        assertThat(back[i]).isCloseTo(values[i], within(1e-4f));
      }
    }
  }

  @Test
  void jsonRoundTripsBitForBit() {
    SplittableRandom random = new SplittableRandom(9);
    for (int round = 0; round < 500; round++) {
      float[] shift = {random.nextFloat(), -1e30f * random.nextFloat(), Float.MIN_VALUE};
      float[] scale = {random.nextFloat() + 1e-30f, Float.MAX_VALUE, Float.MIN_NORMAL};
      for (Normalizer.Kind kind : Normalizer.Kind.values()) {
        Normalizer normalizer = new Normalizer(kind, shift, scale);
        Normalizer back = Normalizer.fromJson(normalizer.toJson(), "test");
        assertThat(back).isEqualTo(normalizer).hasSameHashCodeAs(normalizer);
      }
    }
    assertThat(Normalizer.fromJson(" {\"scale\":[2],\"shift\":[1],\"kind\":\"standardize\"} ", "t"))
        .isEqualTo(new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {1}, new float[] {2}))
        .isNotEqualTo(Normalizer.none());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "[]                                                      | no JSON object",
        "''                                                      | no JSON object",
        "{\"kind\": \"range\", \"shift\": [0]                    | is no normaliser",
        "{\"kind\": \"range\", \"shift\": [0]}                   | no 'scale'",
        "{\"kind\": \"range\", \"scale\": [1]}                   | no 'shift'",
        "{\"shift\": [0], \"scale\": [1]}                        | no 'kind'",
        "{\"kind\": \"log\", \"shift\": [0], \"scale\": [1]}     | 'log', not one of none,"
            + " standardize, range",
        "{\"kind\": 3}                                           | 'kind' is no string",
        "{\"shift\": 3}                                          | 'shift' is no array",
        "{\"shift\": [1, \"a\"]}                                 | 'shift' holds something else"
            + " than numbers at position 1",
        "{\"shift\": [1, [2]]}                                   | 'shift' holds something else",
        "{\"shift\": [1], \"shift\": [1]}                        | 'shift' twice",
        "{\"colour\": [1]}                                       | unknown key 'colour'",
        "{\"kind\": \"range\", \"shift\": [0], \"scale\": [1]} 1 | more after its end",
        "{\"kind\": \"range\", \"shift\": [0], \"scale\": [0]}   | column 1 has shift 0.0 and scale"
            + " 0.0",
        "{\"kind\": \"range\", \"shift\": [0], \"scale\": [-1]}  | scale -1.0",
        "{\"kind\": \"range\", \"shift\": [1e99], \"scale\": [1]} | shift Infinity",
        "{\"kind\": \"range\", \"shift\": [0, 1], \"scale\": [1]} | 2 shifts and 1 scales",
        "{\"kind\": \"range\", \"shift\": [], \"scale\": []}     | 0 shifts",
        "{\"kind\": \"range\", \"shift\": [NaN], \"scale\": [1]} | is no normaliser",
      })
  void brokenJsonIsRefused(String json, String fragment) {
    assertRefused(() -> Normalizer.fromJson(json, "m.safetensors"), "m.safetensors", fragment);
  }

  @Test
  void randomJsonIsNeverMoreThanRefused() {
    SplittableRandom random = new SplittableRandom(10);
    String good = "{\"kind\": \"range\", \"shift\": [0.5], \"scale\": [1e3]}";
    int refused = 0;
    for (int round = 0; round < 5000; round++) {
      StringBuilder json = new StringBuilder(good);
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        json.setCharAt(random.nextInt(json.length()), (char) (32 + random.nextInt(95)));
      }
      try {
        Normalizer.fromJson(json.toString(), "test");
      } catch (AdvectException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(3500);
  }

  @Test
  void numbersOfColumnsMustFit() {
    Normalizer range = Normalizer.fit(Normalizer.Kind.RANGE, TABLE);
    assertRefused(() -> range.apply(new float[4], 2), "2 columns", "3");
    assertRefused(() -> range.undo(new float[4], 4), "4 columns", "3");
    assertRefused(() -> range.logScaleSum(2), "2 columns", "3");
    assertRefused(() -> Normalizer.fit(Normalizer.Kind.RANGE, TABLE.head(0)), "no rows");
    assertThatThrownBy(() -> new Normalizer(Normalizer.Kind.NONE, new float[0], new float[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void arraysAreNotShared() {
    float[] shift = {1};
    Normalizer normalizer = new Normalizer(Normalizer.Kind.RANGE, shift, new float[] {2});
    shift[0] = 9;
    normalizer.shift()[0] = 9;
    assertThat(normalizer.shift()).containsExactly(1);
    assertThat(Normalizer.Kind.of("standardize")).contains(Normalizer.Kind.STANDARDIZE);
    assertThat(Normalizer.Kind.of("STANDARDIZE")).isEmpty();
  }
}
