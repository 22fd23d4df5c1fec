package dev.advect.cli.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Node.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads the part of YAML that a configuration needs (mappings, lists, values) into a tree that
 * knows its line numbers. Tags and aliases are refused, so nothing is executed and nothing grows.
 */
final class YamlTree {
  private static final String WRITE_OUT = "write the value out";
  private static final int MAX_DEPTH = 16;
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  private final String source;
  private final boolean lines;
  private final YAMLParser parser;

  private YamlTree(String source, boolean lines, YAMLParser parser) {
    this.source = source;
    this.lines = lines;
    this.parser = parser;
  }

  /**
   * Reads a document, which must be a mapping.
   *
   * @param source what messages call it
   */
  static Node.Mapping document(String source, String text) {
    Node node = read(source, true, text);
    if (node instanceof Node.Mapping mapping) {
      return mapping;
    }
    throw new UsageException(
        "%s holds %s where a configuration is expected".formatted(source, node.describe()),
        "start with a section such as data: {name: moons}");
  }

  /** Reads a value given on the command line. */
  static Node value(String source, String text) {
    return read(source, false, text);
  }

  private static Node read(String source, boolean lines, String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new UsageException(
          "%s has %d characters; a configuration has at most %d"
              .formatted(source, text.length(), MAX_CHARACTERS),
          "check that this is a configuration");
    }
    try (YAMLParser parser = YAML.createParser(text)) {
      YamlTree tree = new YamlTree(source, lines, parser);
      parser.nextToken();
      Node node = tree.node(1);
      if (parser.nextToken() != null) {
        throw tree.here().problem("a second document starts", "keep one configuration a file");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new UsageException(
          "%s is no valid YAML: %s".formatted(place(source, lines, e), firstLine(e)),
          "check indentation, colons and brackets");
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(source, e.getMessage()), "");
    }
  }

  private Node node(int depth) throws IOException {
    Origin origin = here();
    if (depth > MAX_DEPTH) {
      throw origin.problem("more than " + MAX_DEPTH + " levels", "a configuration has three");
    }
    JsonToken token = parser.currentToken();
    if (token == null) {
      return new Node.Scalar(origin, "", true);
    }
    if (parser.isCurrentAlias()) {
      throw origin.problem("the alias *%s is not supported".formatted(parser.getText()), WRITE_OUT);
    }
    if (parser.getTypeId() != null) {
      throw origin.problem("the tag !%s is not supported".formatted(parser.getTypeId()), WRITE_OUT);
    }
    return switch (token) {
      case START_OBJECT -> mapping(origin, depth);
      case START_ARRAY -> listing(origin, depth);
      case VALUE_NULL -> new Node.Scalar(origin, "", true);
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
          new Node.Scalar(origin, parser.getText(), parser.getText().isEmpty());
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("token " + token);
    };
  }

  private Node mapping(Origin origin, int depth) throws IOException {
    var entries = new LinkedHashMap<String, Node.Entry>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Origin at = here();
      String key = parser.currentName();
      parser.nextToken();
      Node.Entry before = entries.put(key, new Node.Entry(at, node(depth + 1)));
      if (before != null) {
        throw at.problem(
            "the key '%s' appears a second time%s"
                .formatted(key, lines ? ", after line " + before.origin().line() : ""),
            "keep one of them");
      }
    }
    return new Node.Mapping(origin, entries);
  }

  private Node listing(Origin origin, int depth) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(depth + 1));
    }
    return new Node.Listing(origin, List.copyOf(items));
  }

  private Origin here() {
    return new Origin(source, lines ? Math.max(1, parser.currentTokenLocation().getLineNr()) : 0);
  }

  private static String place(String source, boolean lines, JsonProcessingException e) {
    return lines && e.getLocation() != null
        ? new Origin(source, e.getLocation().getLineNr()).toString()
        : source;
  }

  private static String firstLine(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("unreadable");
  }
}
