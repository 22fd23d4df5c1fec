package dev.advect.cli.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.advect.data.Split;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a configuration out, every default included, so that reading it gives an equal one. */
public final class ConfigText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");
  private static final Set<String> WORDS =
      Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

  private ConfigText() {}

  /** As YAML: sections in blocks, what is inside them on one line. */
  public static String yaml(Config config) {
    var text = new StringBuilder();
    tree(config)
        .forEach(
            (key, value) -> {
              if (value instanceof Map<?, ?> section) {
                text.append(key).append(":\n");
                section.forEach((k, v) -> text.append("  %s: %s\n".formatted(k, flow(v))));
              } else {
                text.append("%s: %s\n".formatted(key, flow(value)));
              }
            });
    return text.toString();
  }

  /** As one line of JSON, which is YAML too. */
  public static String json(Config config) {
    try {
      return JSON.writeValueAsString(tree(config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As maps, lists, numbers and strings. */
  public static SequencedMap<String, Object> tree(Config config) {
    return components(config);
  }

  /** The full names of the keys whose values differ, such as {@code training.batch}. */
  public static SequencedMap<String, String> differences(Config before, Config after) {
    var found = new LinkedHashMap<String, String>();
    compare("", tree(before), tree(after), found);
    return found;
  }

  private static void compare(
      String path, Object before, Object after, SequencedMap<String, String> found) {
    if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> fresh) {
      var keys = new LinkedHashSet<Object>(old.keySet());
      keys.addAll(fresh.keySet());
      keys.forEach(
          key ->
              compare(
                  path.isEmpty() ? key.toString() : path + "." + key,
                  old.get(key),
                  fresh.get(key),
                  found));
    } else if (!Objects.equals(before, after)) {
      found.put(path, "%s where the run has %s".formatted(shown(after), shown(before)));
    }
  }

  private static String shown(Object value) {
    return value == null ? "nothing" : flow(value);
  }

  private static SequencedMap<String, Object> components(Record record) {
    var values = new LinkedHashMap<String, Object>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(record);
        Object inner = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (inner != null) {
          values.put(component.getName(), plain(inner));
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return values;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Split.Size.Rows(int count) -> count;
      case Split.Size.Rest() -> "rest";
      case Record record -> components(record);
      case Enum<?> constant -> Labels.of(constant);
      case List<?> list -> list.stream().map(ConfigText::plain).toList();
      default -> value;
    };
  }

  private static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + flow(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(ConfigText::flow).collect(Collectors.joining(", ", "[", "]"));
      case Double number -> number(number);
      case String text when !PLAIN.matcher(text).matches() || WORDS.contains(text) -> quoted(text);
      default -> value.toString();
    };
  }

  /** Decimals without an exponent where that is short; YAML 1.1 reads 1e-3 as a text. */
  private static String number(double value) {
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-9 && size < 1e15)
        ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
