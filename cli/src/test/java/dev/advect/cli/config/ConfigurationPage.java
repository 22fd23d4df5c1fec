package dev.advect.cli.config;

import dev.advect.cli.config.Configs.Changes;
import dev.advect.data.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page of all keys, written from the configuration's records: keys and values by their types,
 * meanings by their comments, defaults by what an empty section becomes.
 */
final class ConfigurationPage {
  private static final String HEAD =
      """
      # Configuration

      <!-- Written from the configuration's records by ConfigurationPageTest, which says how. -->

      A configuration is YAML; `advect train` takes a file or the name of a preset, and `--set key.path=value`
      changes one key. Only `data.name` or `data.file` must be given. Unknown keys are errors. A run's
      `config.yaml` holds every key with the value it had. Where a key has several defaults, they belong to
      the kinds in parentheses; a key whose kind is not chosen may not be given. `section: x` is short for
      `section: {kind: x}`.
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private ConfigurationPage() {}

  /** The text of the page. */
  static String text() {
    var writer = new ConfigurationPage();
    for (RecordComponent section : Config.class.getRecordComponents()) {
      writer.section(section.getName(), record(section.getGenericType()).orElseThrow());
    }
    return writer.page.toString();
  }

  private void section(String path, Class<?> type) {
    Comment comment = Comment.of(type);
    page.append("\n## `%s`\n\n%s\n\n".formatted(path, comment.text()));
    page.append("| key | value | default | meaning |\n|---|---|---|---|\n");
    Map<String, String> defaults = defaults(path, type);
    var inner = new LinkedHashMap<String, Class<?>>();
    for (RecordComponent key : type.getRecordComponents()) {
      String name = key.getName();
      Optional<Class<?>> group = record(key.getGenericType());
      group.ifPresent(record -> inner.put(path + "." + name, record));
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  name,
                  group.isPresent() ? "a group, below" : values(key.getGenericType()),
                  group.isPresent() ? "" : defaults.getOrDefault(name, ""),
                  comment.ofParameter(name)));
    }
    for (RecordComponent key : type.getRecordComponents()) {
      kinds(key);
    }
    inner.forEach(this::section);
  }

  /** What the constants mean, if their comments say it. */
  private void kinds(RecordComponent key) {
    if (!(unwrapped(key.getGenericType()) instanceof Class<?> type) || !type.isEnum()) {
      return;
    }
    var lines = new ArrayList<String>();
    for (Object constant : type.getEnumConstants()) {
      String meaning = Comment.ofConstant(type, ((Enum<?>) constant).name());
      if (!meaning.isEmpty()) {
        lines.add("- `%s`: %s\n".formatted(Labels.of((Enum<?>) constant), meaning));
      }
    }
    if (!lines.isEmpty()) {
      page.append("\n`%s`:\n\n".formatted(key.getName()));
      lines.forEach(page::append);
    }
  }

  private static Type unwrapped(Type type) {
    return type instanceof ParameterizedType p && p.getRawType() == Optional.class
        ? p.getActualTypeArguments()[0]
        : type;
  }

  private static Optional<Class<?>> record(Type type) {
    return unwrapped(type) instanceof Class<?> c && c.isRecord()
        ? Optional.of(c)
        : Optional.empty();
  }

  /** The values that a key takes, in words. */
  private static String values(Type type) {
    Type plain = unwrapped(type);
    if (plain instanceof ParameterizedType list) {
      boolean whole = list.getActualTypeArguments()[0] == Integer.class;
      return whole ? "list of whole numbers" : "list of texts";
    }
    Class<?> c = (Class<?>) plain;
    if (c.isEnum()) {
      return Arrays.stream(c.getEnumConstants())
          .map(constant -> "`" + Labels.of((Enum<?>) constant) + "`")
          .collect(Collectors.joining(", "));
    }
    return switch (c.getSimpleName()) {
      case "String" -> "text";
      case "int", "long", "Integer", "Long" -> "whole number";
      case "double", "Double" -> "number";
      case "boolean", "Boolean" -> "`true`, `false`";
      case "Size" -> "whole number, `rest`";
      default -> throw new IllegalStateException("no word for values of " + c);
    };
  }

  // ------------------------------------------------------------------ defaults

  /** What each key has unless it is given; by kinds, where these differ. */
  private static Map<String, String> defaults(String path, Class<?> type) {
    if (type == Split.Sizes.class || path.equals("data.condition")) {
      return Map.of();
    }
    var byKind = new LinkedHashMap<String, Map<String, String>>(); // kind -> key -> value
    Optional<RecordComponent> kind =
        List.of(type.getRecordComponents()).stream()
            .filter(key -> key.getName().equals("kind") || key.getName().equals("solver"))
            .findFirst();
    byKind.put("", read(List.of(), path));
    if (kind.isPresent()) {
      Class<?> kinds = (Class<?>) unwrapped(kind.get().getGenericType());
      for (Object constant : kinds.getEnumConstants()) {
        String label = Labels.of((Enum<?>) constant);
        try {
          String set = path + "." + kind.get().getName() + "=" + label;
          byKind.put(label, read(List.of(set), path));
        } catch (RuntimeException e) {
          continue; // a kind that has keys without a default
        }
      }
    }
    return merged(kind.map(RecordComponent::getName).orElse(""), byKind);
  }

  /**
   * One text for each key: its usual value, then others with the kinds that have them.
   *
   * @param chooser the key that chooses the kind
   * @param byKind the values of each kind; those of none are the usual ones
   */
  private static Map<String, String> merged(
      String chooser, Map<String, Map<String, String>> byKind) {
    Map<String, String> usual = byKind.get("");
    var others = new LinkedHashMap<String, Map<String, List<String>>>(); // key -> value -> kinds
    byKind.forEach(
        (kind, values) ->
            values.forEach(
                (key, value) -> {
                  if (!kind.isEmpty() && !key.equals(chooser) && !value.equals(usual.get(key))) {
                    others
                        .computeIfAbsent(key, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(value, _ -> new ArrayList<>())
                        .add("`" + kind + "`");
                  }
                }));
    var merged = new LinkedHashMap<>(usual);
    others.forEach(
        (key, values) ->
            values.forEach(
                (value, kinds) ->
                    merged.merge(
                        key,
                        "%s (%s)".formatted(value, String.join(", ", kinds)),
                        (known, more) -> known + ", " + more)));
    return merged;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> read(List<String> changes, String path) {
    var all = new ArrayList<>(List.of("data.name=moons"));
    all.addAll(changes);
    var changed = new Changes(all, OptionalLong.empty(), OptionalLong.empty());
    Object tree = ConfigText.tree(Configs.parse("page", "{}", changed));
    for (String key : path.split("\\.")) {
      tree = tree == null ? null : ((Map<String, Object>) tree).get(key);
    }
    var values = new LinkedHashMap<String, String>();
    if (tree instanceof Map<?, ?> section) {
      section.forEach(
          (key, value) -> {
            if (!(value instanceof Map) && !(path.equals("data") && key.equals("name"))) {
              values.put(key.toString(), "`" + value + "`");
            }
          });
    }
    return values;
  }

  // ------------------------------------------------------------------ comments

  /**
   * The comment of a record.
   *
   * @param text what it says first
   * @param parameters what it says of each component
   */
  private record Comment(String text, Map<String, String> parameters) {
    private static final String COMMENT = "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*";

    static Comment of(Class<?> type) {
      String name = type.getSimpleName();
      Matcher found = find(source(type), COMMENT + "public record " + name + "\\b");
      String[] parts = plain(found.group(1)).split("@param ");
      var parameters = new LinkedHashMap<String, String>();
      for (int i = 1; i < parts.length; i++) {
        String[] words = parts[i].strip().split("\\s+", 2);
        parameters.put(words[0], words[1]);
      }
      return new Comment(parts[0].strip(), parameters);
    }

    String ofParameter(String name) {
      String meaning = parameters.get(name);
      if (meaning == null) {
        throw new IllegalStateException("no comment says what %s means".formatted(name));
      }
      return meaning;
    }

    /** The comment before a constant; nothing if there is none. */
    static String ofConstant(Class<?> type, String constant) {
      Matcher found =
          Pattern.compile(COMMENT + constant + "\\b(?=[,;({ \\n])", Pattern.DOTALL)
              .matcher(body(type));
      return found.find() ? plain(found.group(1)) : "";
    }

    /** The part of a source that begins with an enum. */
    private static String body(Class<?> type) {
      String source = source(type);
      return source.substring(source.indexOf("enum " + type.getSimpleName()));
    }

    private static Matcher find(String source, String pattern) {
      Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(source);
      if (!matcher.find()) {
        throw new IllegalStateException("there is no " + pattern);
      }
      return matcher;
    }

    private static String plain(String comment) {
      return comment
          .replaceAll("(?m)^\\s*\\*", "")
          .replaceAll("\\{@code ((?:[^{}]|\\{[^{}]*\\})*)\\}", "`$1`")
          .replaceAll("\\{@link #?([^}]*)\\}", "`$1`")
          .replaceAll("\\s+", " ")
          .strip();
    }

    private static String source(Class<?> type) {
      Class<?> top = type;
      while (top.getEnclosingClass() != null) {
        top = top.getEnclosingClass();
      }
      String file = "src/main/java/" + top.getName().replace('.', '/') + ".java";
      for (String module : List.of("../cli", "../engine")) {
        Path path = Path.of(module).resolve(file);
        if (Files.exists(path)) {
          try {
            return Files.readString(path);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
      throw new IllegalStateException("no source of " + type);
    }
  }
}
