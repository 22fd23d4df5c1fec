package dev.advect.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.advect.AdvectException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A flat JSON object: members in order, each a text, a number, a truth value or a list of these.
 *
 * @param what what it describes, for messages: {@code field}, {@code path}
 * @param members the members by name
 */
public record JsonObject(String what, SequencedMap<String, Object> members) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String HINT = "the file was written by another version, or changed by hand";

  /** Copies the members. */
  public JsonObject {
    members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
  }

  /** An object of one kind, with no members but {@code kind} yet. */
  public static JsonObject kind(String what, String kind) {
    return new JsonObject(what, new LinkedHashMap<>()).with("kind", kind);
  }

  /** The same with one more member: a String, Number, Boolean or List of these. */
  public JsonObject with(String name, Object value) {
    var more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new JsonObject(what, more);
  }

  /**
   * Reads one.
   *
   * @param what what it describes, for messages
   * @throws AdvectException if the text is no such object
   */
  public static JsonObject parse(String what, String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      var members = new LinkedHashMap<String, Object>();
      boolean object = parser.nextToken() == JsonToken.START_OBJECT;
      while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (members.put(name, value(what, parser)) != null) {
          throw new AdvectException("the %s has two members '%s'".formatted(what, name), HINT);
        }
      }
      if (!object || parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new AdvectException("the %s is no JSON object: %s".formatted(what, text), HINT);
      }
      return new JsonObject(what, members);
    } catch (JsonProcessingException e) {
      throw new AdvectException(
          "the %s is no JSON: %s".formatted(what, e.getOriginalMessage()), HINT, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(String what, JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_ARRAY -> {
        var list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(what, parser));
        }
        yield List.copyOf(list);
      }
      case null, default ->
          throw new AdvectException(
              "the %s has a member that is %s".formatted(what, parser.currentToken()), HINT);
    };
  }

  /** The member {@code kind}. */
  public String kind() {
    return text("kind");
  }

  /** A text. */
  public String text(String name) {
    return member(name, String.class, "a text");
  }

  /** A number. */
  public double number(String name) {
    return member(name, Number.class, "a number").doubleValue();
  }

  /** True or false. */
  public boolean truth(String name) {
    return member(name, Boolean.class, "true or false");
  }

  /** A whole number that fits an int. */
  public int integer(String name) {
    return integer(name, member(name, Object.class, "a whole number"));
  }

  /** A list of whole numbers. */
  public List<Integer> integers(String name) {
    List<?> list = member(name, List.class, "a list");
    return list.stream().map(value -> integer(name, value)).toList();
  }

  /**
   * Checks that there are no members but these and {@code kind}.
   *
   * @throws AdvectException naming the first other one
   */
  public void only(String... names) {
    for (String name : members.keySet()) {
      if (!name.equals("kind") && !Set.of(names).contains(name)) {
        throw new AdvectException(
            "the %s %s has an unknown member '%s'".formatted(what, kind(), name), HINT);
      }
    }
  }

  private int integer(String name, Object value) {
    if (value instanceof Number n && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw wrong(name, "a whole number", value);
  }

  private <T> T member(String name, Class<T> type, String wanted) {
    Object value = members.get(name);
    if (value == null) {
      throw new AdvectException(
          "the %s has no member '%s'; it has %s".formatted(what, name, members.keySet()), HINT);
    }
    if (!type.isInstance(value)) {
      throw wrong(name, wanted, value);
    }
    return type.cast(value);
  }

  private AdvectException wrong(String name, String wanted, Object value) {
    return new AdvectException(
        "the %s's %s must be %s, not %s".formatted(what, name, wanted, value), HINT);
  }

  /** The JSON text, on one line. */
  public String json() {
    return json(members);
  }

  private static String json(Object value) {
    return switch (value) {
      case String s -> quoted(s);
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> String.valueOf(d.longValue());
      case Number n -> n.toString();
      case Boolean b -> b.toString();
      case List<?> list ->
          list.stream().map(JsonObject::json).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> quoted(String.valueOf(e.getKey())) + ": " + json(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      default -> throw new IllegalArgumentException("no JSON value: " + value);
    };
  }

  private static String quoted(String s) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(s)) + '"';
  }

  @Override
  public String toString() {
    return json();
  }
}
