package dev.advect.cli.config;

import dev.advect.cli.UsageException;
import java.util.List;
import java.util.SequencedMap;

/** A part of a configuration as it was written, with the place where it stands for messages. */
sealed interface Node {
  /** Where it stands. */
  Origin origin();

  /** What it is, in a message. */
  String describe();

  /** {@code key: value} pairs. */
  record Mapping(Origin origin, SequencedMap<String, Entry> entries) implements Node {
    @Override
    public String describe() {
      return "a group of keys";
    }
  }

  /** A key's place and its value. */
  record Entry(Origin origin, Node value) {}

  /** {@code [a, b]}. */
  record Listing(Origin origin, List<Node> items) implements Node {
    @Override
    public String describe() {
      return "a list";
    }
  }

  /**
   * A single value.
   *
   * @param text as it was written, without quotes
   * @param empty whether nothing was written, or a null
   */
  record Scalar(Origin origin, String text, boolean empty) implements Node {
    @Override
    public String describe() {
      return empty ? "nothing" : "'" + text + "'";
    }
  }

  /**
   * A place in a file, or an option of the command line.
   *
   * @param source the file as the user named it, or the option
   * @param line from 1; 0 where lines mean nothing
   */
  record Origin(String source, int line) {
    /** An error at this place. */
    UsageException problem(String what, String hint) {
      return new UsageException(this + ": " + what, hint);
    }

    @Override
    public String toString() {
      return line == 0 ? source : source + " line " + line;
    }
  }
}
