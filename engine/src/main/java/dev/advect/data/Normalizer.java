package dev.advect.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.advect.AdvectException;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The affine map between data and what the model sees: {@code model = (data - shift) / scale}.
 *
 * @param kind how shift and scale were found
 * @param shift in data units, one number a column, or a single one for all columns
 * @param scale in data units, positive, as many as {@code shift}
 */
public record Normalizer(Kind kind, float[] shift, float[] scale) {
  private static final JsonFactory JSON = new JsonFactory();

  /** How shift and scale are found. */
  public enum Kind {
    /** The data as they are. */
    NONE,
    /** Mean 0 and standard deviation 1 in each column. */
    STANDARDIZE,
    /** From -1 to 1: the whole image for image data, otherwise each column. */
    RANGE;

    /** The word used in configurations and in model files. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of that word, if there is one. */
    public static Optional<Kind> of(String word) {
      return Stream.of(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
  }

  /** Checks that the numbers are finite, the scales positive, and both equally many. */
  public Normalizer {
    shift = shift.clone();
    scale = scale.clone();
    if (shift.length == 0 || shift.length != scale.length) {
      throw new IllegalArgumentException(
          "%d shifts and %d scales; there must be equally many, at least one"
              .formatted(shift.length, scale.length));
    }
    for (int i = 0; i < shift.length; i++) {
      if (!Float.isFinite(shift[i]) || !Float.isFinite(scale[i]) || !(scale[i] > 0)) {
        throw new IllegalArgumentException(
            "column %d has shift %s and scale %s; both must be finite, the scale positive"
                .formatted(i + 1, shift[i], scale[i]));
      }
    }
  }

  /** The identity. */
  public static Normalizer none() {
    return new Normalizer(Kind.NONE, new float[] {0}, new float[] {1});
  }

  /**
   * Finds shift and scale from rows, which should be those that are trained on. A column that is
   * constant keeps the scale 1.
   *
   * @throws AdvectException if the table has no rows
   */
  public static Normalizer fit(Kind kind, Table table) {
    if (table.rows() == 0) {
      throw new AdvectException(
          "there are no rows to find the normaliser from", "give the training part some rows");
    }
    return switch (kind) {
      case NONE -> none();
      case STANDARDIZE -> NormalizerFit.standardize(table);
      case RANGE -> NormalizerFit.range(table, table.image().isPresent() ? 1 : table.columns());
    };
  }

  /** A copy of the shifts. */
  @Override
  public float[] shift() {
    return shift.clone();
  }

  /** A copy of the scales. */
  @Override
  public float[] scale() {
    return scale.clone();
  }

  /**
   * Data to model space, as a new array.
   *
   * @param values row-major data
   * @param columns how many columns they have
   */
  public float[] apply(float[] values, int columns) {
    requireColumns(columns);
    float[] mapped = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int k = shift.length == 1 ? 0 : i % columns;
      mapped[i] = (values[i] - shift[k]) / scale[k];
    }
    return mapped;
  }

  /**
   * Model space back to data, as a new array.
   *
   * @param values row-major, in model space
   * @param columns how many columns they have
   */
  public float[] undo(float[] values, int columns) {
    requireColumns(columns);
    float[] mapped = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int k = shift.length == 1 ? 0 : i % columns;
      mapped[i] = values[i] * scale[k] + shift[k];
    }
    return mapped;
  }

  /** A distance between values of data, in model space: one number a column. */
  public float[] distances(double distance, int columns) {
    requireColumns(columns);
    float[] mapped = new float[columns];
    for (int column = 0; column < columns; column++) {
      mapped[column] = (float) (distance / scale[shift.length == 1 ? 0 : column]);
    }
    return mapped;
  }

  /**
   * The sum over the columns of log scale, in nats: the log-density of a row of data is that of its
   * image in model space minus this.
   */
  public double logScaleSum(int columns) {
    requireColumns(columns);
    double sum = 0;
    for (int column = 0; column < columns; column++) {
      sum += Math.log(scale[shift.length == 1 ? 0 : column]);
    }
    return sum;
  }

  /** The form kept in a model file: {@code {"kind": "range", "shift": [8.0], "scale": [8.0]}}. */
  public String toJson() {
    return "{\"kind\": \"%s\", \"shift\": %s, \"scale\": %s}"
        .formatted(kind.word(), Arrays.toString(shift), Arrays.toString(scale));
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @param where what is read, for messages: the file and the entry
   * @throws AdvectException saying what is wrong with it
   */
  public static Normalizer fromJson(String json, String where) {
    try (JsonParser parser = JSON.createParser(json)) {
      return parse(parser);
    } catch (JsonProcessingException e) {
      throw broken(where, FileProblems.shown(e.getOriginalMessage()), e);
    } catch (IOException | IllegalArgumentException e) {
      throw broken(where, e.getMessage(), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Normalizer(Kind otherKind, float[] otherShift, float[] otherScale)
        && kind == otherKind
        && Arrays.equals(shift, otherShift)
        && Arrays.equals(scale, otherScale);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + Arrays.hashCode(shift)) + Arrays.hashCode(scale);
  }

  @Override
  public String toString() {
    return toJson();
  }

  private void requireColumns(int columns) {
    if (shift.length != 1 && shift.length != columns) {
      throw new AdvectException(
          "the data have %d columns where the normaliser has %d".formatted(columns, shift.length),
          "use data with the columns that the model was trained on");
    }
  }

  private static Normalizer parse(JsonParser parser) throws IOException {
    expect(parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
    Optional<Kind> kind = Optional.empty();
    Optional<float[]> shift = Optional.empty();
    Optional<float[]> scale = Optional.empty();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "kind" -> kind = once(key, kind, kind(parser));
        case "shift" -> shift = once(key, shift, floats(key, parser));
        case "scale" -> scale = once(key, scale, floats(key, parser));
        default -> expect(false, "it has the unknown key '" + FileProblems.shown(key) + "'");
      }
    }
    expect(parser.nextToken() == null, "there is more after its end");
    expect(kind.isPresent(), "it has no 'kind'");
    expect(shift.isPresent(), "it has no 'shift'");
    expect(scale.isPresent(), "it has no 'scale'");
    return new Normalizer(kind.get(), shift.get(), scale.get());
  }

  private static <T> Optional<T> once(String key, Optional<T> before, T now) {
    expect(before.isEmpty(), "it has '" + key + "' twice");
    return Optional.of(now);
  }

  private static Kind kind(JsonParser parser) throws IOException {
    expect(parser.currentToken() == JsonToken.VALUE_STRING, "its 'kind' is no string");
    String word = parser.getText();
    return Kind.of(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "its 'kind' is '%s', not one of %s"
                        .formatted(
                            FileProblems.shown(word),
                            Stream.of(Kind.values())
                                .map(Kind::word)
                                .collect(Collectors.joining(", ")))));
  }

  private static float[] floats(String key, JsonParser parser) throws IOException {
    expect(parser.currentToken() == JsonToken.START_ARRAY, "its '" + key + "' is no array");
    List<Float> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(
          parser.currentToken().isNumeric(),
          "its '" + key + "' holds something else than numbers at position " + numbers.size());
      numbers.add(parser.getFloatValue());
    }
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i);
    }
    return floats;
  }

  private static void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static AdvectException broken(String where, String what, Exception cause) {
    return new AdvectException(
        "%s is no normaliser: %s".formatted(where, what),
        "it reads {\"kind\": \"none|standardize|range\", \"shift\": [...], \"scale\": [...]}",
        cause);
  }
}
