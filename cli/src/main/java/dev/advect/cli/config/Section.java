package dev.advect.cli.config;

import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Node.Origin;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One group of keys being read: gives typed values, remembers which keys exist, and refuses the
 * others.
 */
final class Section {
  /** The keys, of which one must be given, that have no default. */
  private static final Set<String> REQUIRED = Set.of("data", "data.name", "data.file");

  private final String path;
  private final Node.Mapping mapping;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(String path, Node.Mapping mapping) {
    this.path = path;
    this.mapping = mapping;
  }

  /** The whole configuration. */
  static Section root(Node.Mapping mapping) {
    return new Section("", mapping);
  }

  /** {@code {kind: x}}, as if it had been read. */
  static Section of(String path, Enum<?> kind) {
    var origin = new Origin(path, 0);
    var entries = new LinkedHashMap<String, Node.Entry>();
    entries.put("kind", new Node.Entry(origin, new Node.Scalar(origin, Labels.of(kind), false)));
    return new Section(path, new Node.Mapping(origin, entries));
  }

  /** A group of keys inside this one; empty if it is missing. */
  Section section(String key) {
    return find(key)
        .map(
            node ->
                switch (node) {
                  case Node.Mapping inner -> new Section(full(key), inner);
                  case Node.Listing _, Node.Scalar _ ->
                      throw wrong(key, node, "must be a group of keys");
                })
        .orElseGet(() -> empty(key));
  }

  /** As {@link #section}, where a single value {@code x} stands for {@code {kind: x}}. */
  Section kindOrSection(String key) {
    if (find(key).orElse(null) instanceof Node.Scalar kind) {
      var entries = new LinkedHashMap<String, Node.Entry>();
      entries.put("kind", new Node.Entry(kind.origin(), kind));
      return new Section(full(key), new Node.Mapping(kind.origin(), entries));
    }
    return section(key);
  }

  /**
   * As {@link #kindOrSection(String)}, where also a list {@code [x, y]} stands for {@code {key: [x,
   * y]}} with a key of the inner group.
   */
  Section kindOrSection(String key, String listed) {
    if (find(key).orElse(null) instanceof Node.Listing list) {
      var entries = new LinkedHashMap<String, Node.Entry>();
      entries.put(listed, new Node.Entry(list.origin(), list));
      return new Section(full(key), new Node.Mapping(list.origin(), entries));
    }
    return kindOrSection(key);
  }

  private Section empty(String key) {
    return new Section(full(key), new Node.Mapping(mapping.origin(), new LinkedHashMap<>()));
  }

  boolean has(String key) {
    return find(key).isPresent();
  }

  Optional<String> text(String key) {
    return scalar(key, "must be a text").map(Node.Scalar::text);
  }

  /** A text that may be empty: what is wrong with it then is for its reader to say. */
  Optional<String> formula(String key) {
    return find(key)
        .map(
            node ->
                switch (node) {
                  case Node.Scalar scalar -> scalar.text();
                  case Node.Listing _, Node.Mapping _ ->
                      throw wrong(key, node, "must be a formula in quotes");
                });
  }

  long whole(String key, long fallback) {
    return scalar(key, "must be a whole number").map(s -> whole(key, s)).orElse(fallback);
  }

  double number(String key, double fallback) {
    return scalar(key, "must be a number").map(s -> number(key, s)).orElse(fallback);
  }

  boolean truth(String key, boolean fallback) {
    String expected = "must be true or false";
    return scalar(key, expected)
        .map(
            scalar ->
                switch (scalar.text()) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw wrong(key, scalar, expected);
                })
        .orElse(fallback);
  }

  List<Integer> wholes(String key, List<Integer> fallback) {
    Optional<Node> node = find(key);
    if (node.isEmpty()) {
      return fallback;
    }
    if (!(node.get() instanceof Node.Listing(Origin _, List<Node> items))) {
      throw wrong(key, node.get(), "must be a list of whole numbers such as [64, 64]");
    }
    var values = new ArrayList<Integer>();
    for (Node item : items) {
      String itemKey = key + "[" + values.size() + "]";
      if (!(item instanceof Node.Scalar scalar)) {
        throw wrong(itemKey, item, "must be a whole number");
      }
      long value = whole(itemKey, scalar);
      if (value != (int) value) {
        throw wrong(itemKey, item, "must be a whole number of at most " + Integer.MAX_VALUE);
      }
      values.add((int) value);
    }
    return List.copyOf(values);
  }

  /** A list of texts, if there is one; a single text stands for a list of it. */
  Optional<List<String>> texts(String key) {
    String expected = "must be a list of texts";
    return find(key)
        .map(
            node ->
                switch (node) {
                  case Node.Scalar scalar when !scalar.empty() -> List.of(scalar.text());
                  case Node.Listing(Origin _, List<Node> items) -> texts(key, items);
                  case Node.Scalar _, Node.Mapping _ -> throw wrong(key, node, expected);
                });
  }

  private List<String> texts(String key, List<Node> items) {
    var texts = new ArrayList<String>();
    for (Node item : items) {
      if (!(item instanceof Node.Scalar scalar) || scalar.empty()) {
        throw wrong(key + "[" + texts.size() + "]", item, "must be a text");
      }
      texts.add(scalar.text());
    }
    return List.copyOf(texts);
  }

  /**
   * One of the constants of an enum, by its label.
   *
   * @param planned names that a later version will know
   */
  <E extends Enum<E>> E choice(String key, E fallback, Set<String> planned) {
    List<String> names = Labels.all(fallback.getDeclaringClass());
    String expected = "must be one of " + String.join(", ", names);
    Optional<Node.Scalar> node = scalar(key, expected);
    if (node.isEmpty()) {
      return fallback;
    }
    String name = node.get().text();
    Optional<E> found = Labels.find(fallback.getDeclaringClass(), name);
    if (found.isPresent()) {
      return found.get();
    }
    if (planned.contains(name)) {
      throw node.get()
          .origin()
          .problem(
              "%s: %s is not available in this version".formatted(full(key), name),
              "available: " + String.join(", ", names));
    }
    throw node.get()
        .origin()
        .problem(
            "%s %s, not '%s'".formatted(full(key), expected, name),
            remedy(key, Suggest.closest(name, names)));
  }

  /** Builds the record that this section is for, after refusing the keys that nobody asked for. */
  <R> R build(Supplier<R> record) {
    for (var entry : mapping.entries().entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw unknown(entry.getKey(), entry.getValue().origin());
      }
    }
    return checked(record);
  }

  /** Runs a check and adds to its complaint where the value stands. */
  <R> R checked(Supplier<R> check) {
    try {
      return check.get();
    } catch (InvalidValue e) {
      String name = e.key().isEmpty() ? path : full(e.key());
      throw origin(e.key()).problem(name + " " + e.getMessage(), remedy(e.key(), e.hint()));
    }
  }

  private UsageException unknown(String key, Origin origin) {
    String whose = path.isEmpty() ? "the sections are" : "the keys of " + path + " are";
    return origin.problem("unknown key " + full(key), Suggest.from(key, whose, known, this::full));
  }

  private Origin origin(String key) {
    Node.Entry entry = mapping.entries().get(withoutIndex(key));
    return entry == null ? mapping.origin() : entry.value().origin();
  }

  /** {@code hidden} of {@code hidden[1]}. */
  private static String withoutIndex(String key) {
    int bracket = key.indexOf('[');
    return bracket < 0 ? key : key.substring(0, bracket);
  }

  private Optional<Node> find(String key) {
    known.add(key);
    return Optional.ofNullable(mapping.entries().get(key)).map(Node.Entry::value);
  }

  private Optional<Node.Scalar> scalar(String key, String expected) {
    Function<Node, Node.Scalar> single =
        node -> {
          if (node instanceof Node.Scalar scalar && !scalar.empty()) {
            return scalar;
          }
          throw wrong(key, node, expected);
        };
    return find(key).map(single);
  }

  private long whole(String key, Node.Scalar scalar) {
    return decimal(scalar)
        .filter(value -> Math.abs((long) value.precision() - value.scale()) <= 19)
        .filter(value -> value.stripTrailingZeros().scale() <= 0)
        .map(BigDecimal::toBigInteger)
        .filter(value -> value.bitLength() < Long.SIZE)
        .map(BigInteger::longValue)
        .orElseThrow(() -> wrong(key, scalar, "must be a whole number"));
  }

  private double number(String key, Node.Scalar scalar) {
    return decimal(scalar)
        .map(BigDecimal::doubleValue)
        .filter(Double::isFinite)
        .orElseThrow(() -> wrong(key, scalar, "must be a number"));
  }

  private static Optional<BigDecimal> decimal(Node.Scalar scalar) {
    try {
      return Optional.of(new BigDecimal(scalar.text().replaceAll("(?<=\\d)_(?=\\d)", "")));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private UsageException wrong(String key, Node node, String expected) {
    return node.origin()
        .problem("%s %s, not %s".formatted(full(key), expected, node.describe()), remedy(key, ""));
  }

  /** What to do about a value that is not right, unless there is something better to say. */
  private String remedy(String key, String better) {
    if (!better.isEmpty() || key.isEmpty()) {
      return better;
    }
    return REQUIRED.contains(full(key))
        ? "for example data: {name: moons}"
        : "correct it, or leave %s out for its default".formatted(full(withoutIndex(key)));
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
