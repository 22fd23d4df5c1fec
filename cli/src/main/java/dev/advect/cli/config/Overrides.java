package dev.advect.cli.config;

import dev.advect.cli.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Lays single values from the command line over a configuration. */
final class Overrides {
  private static final Pattern PATH = Pattern.compile("[A-Za-z]\\w*(\\.[A-Za-z]\\w*)*");

  private Overrides() {}

  /** The tree with {@code key.path=value} set. */
  static Node.Mapping set(Node.Mapping tree, String assignment) {
    int equals = assignment.indexOf('=');
    String path = equals < 0 ? assignment : assignment.substring(0, equals).strip();
    if (equals < 0 || !PATH.matcher(path).matches()) {
      throw new UsageException(
          "--set %s is not of the form key.path=value".formatted(assignment),
          "for example --set training.batch=512 or --set field.hidden=[128,128]");
    }
    String option = "--set " + assignment;
    return put(tree, path, YamlTree.value(option, assignment.substring(equals + 1)));
  }

  /** The tree with a value at a path, which an option of its own gave. */
  static Node.Mapping put(Node.Mapping tree, String path, Node value) {
    return put(tree, "", List.of(path.split("\\.")), value);
  }

  private static Node.Mapping put(Node.Mapping tree, String above, List<String> path, Node value) {
    String key = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    Node.Entry old = tree.entries().get(key);
    Node fresh =
        rest.isEmpty()
            ? value
            : put(inner(old, above + key, value), above + key + ".", rest, value);
    var entries = new LinkedHashMap<>(tree.entries());
    entries.put(key, new Node.Entry(value.origin(), fresh));
    return new Node.Mapping(tree.origin(), entries);
  }

  private static Node.Mapping inner(Node.Entry old, String path, Node value) {
    return switch (old == null ? null : old.value()) {
      case null -> new Node.Mapping(value.origin(), new LinkedHashMap<>());
      case Node.Mapping mapping -> mapping;
      case Node.Scalar _, Node.Listing _ ->
          throw value
              .origin()
              .problem(
                  "%s is %s, not a group of keys".formatted(path, old.value().describe()),
                  "set it whole, for example --set %s={kind: ...}".formatted(path));
    };
  }
}
