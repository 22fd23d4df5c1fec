package dev.advect.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.advect.cli.Console;
import picocli.CommandLine.Option;

/** How a command talks. */
final class TalkOptions {
  /** What writes JSON, made only when there is some to write: it takes hundreds of classes. */
  private static final class Json {
    static final ObjectMapper WRITER =
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  }

  @Option(names = "--quiet", description = "Say only what is wrong.")
  private boolean quiet;

  @Option(names = "--json", description = "Print one JSON document on stdout.")
  private boolean json;

  /** Whether stdout gets one JSON document and nothing else. */
  boolean json() {
    return json;
  }

  /** The console as the options want it. */
  Console on(Console console) {
    return quiet ? console.quieted() : console;
  }

  /** Prints a document: maps, lists, strings, numbers; a number that is not finite is null. */
  static void print(Console console, Object document) {
    try {
      console.write(Json.WRITER.writeValueAsString(document) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A number as JSON can hold it. */
  static Object finite(double value) {
    return Double.isFinite(value) ? (Object) value : null;
  }
}
