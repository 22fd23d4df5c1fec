package dev.advect.tests;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The command line as a process of its own.
 *
 * @param folder the current folder of the process
 * @param flags more flags for its JVM
 * @param environment variables that it has besides those of this process, or in their place
 */
record Cli(Path folder, List<String> flags, Map<String, String> environment) {
  /** How long a command may take before it counts as stuck. */
  private static final int STUCK_SECONDS = 240;

  /** The JVM says this on stderr whenever the Vector API is in use, and no flag stops it. */
  private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";

  private static final ObjectMapper ONE_DOCUMENT =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** A command line whose hot code is compiled twice, as for a person. */
  static Cli in(Path folder) {
    return new Cli(folder, List.of(), Map.of());
  }

  /** A command line that starts sooner and computes slower. */
  static Cli quickIn(Path folder) {
    return new Cli(folder, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), Map.of());
  }

  /** The same with more flags for its JVM. */
  Cli with(String... more) {
    var all = new ArrayList<>(flags);
    all.addAll(List.of(more));
    return new Cli(folder, all, environment);
  }

  /** The same with a variable in its environment. */
  Cli where(String variable, Object value) {
    var all = new HashMap<>(environment);
    all.put(variable, value.toString());
    return new Cli(folder, flags, all);
  }

  /** The words that start the command line, without its arguments. */
  List<String> words() {
    return words("dev.advect.cli.Main");
  }

  private List<String> words(String program) {
    var words = new ArrayList<String>();
    words.add(ProcessHandle.current().info().command().orElseThrow());
    words.addAll(flags);
    words.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Dadvect.home=" + Repository.root(),
            "-cp",
            System.getProperty("java.class.path"),
            program));
    return words;
  }

  /** Runs another program than the command line to its end. */
  Outcome program(Class<?> main, String... args) {
    List<String> all = words(main.getName());
    all.addAll(List.of(args));
    return start(folder, all, environment).end();
  }

  /** Runs a command to its end. */
  Outcome run(String... args) {
    return start(args).end();
  }

  /** Runs a command that must succeed. */
  Outcome done(String... args) {
    return run(args).requireDone();
  }

  /** Starts a command. */
  Running start(String... args) {
    var all = words();
    all.addAll(List.of(args));
    return start(folder, all, environment);
  }

  /** Starts any program. */
  static Running start(Path folder, List<String> words) {
    return start(folder, words, Map.of());
  }

  /** Starts any program, with more variables in its environment. */
  static Running start(Path folder, List<String> words, Map<String, String> environment) {
    try {
      Path out = Files.createTempFile("advect-test", ".out");
      Path err = Files.createTempFile("advect-test", ".err");
      var builder = new ProcessBuilder(words).directory(folder.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      // It would announce itself on stderr.
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().putAll(environment);
      return new Running(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command at work; its output goes to files, so that it never waits for its reader. */
  record Running(Process process, Path out, Path err) {
    /** Waits until something is so, or the command has ended; says whether it is so. */
    boolean until(BooleanSupplier happened) {
      try {
        for (int i = 0; i < STUCK_SECONDS * 500; i++) {
          if (happened.getAsBoolean()) {
            return true;
          }
          if (process.waitFor(2, MILLISECONDS)) {
            return happened.getAsBoolean();
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw stuck();
    }

    /** Lets it work on for so many milliseconds. */
    void workOn(int milliseconds) {
      try {
        process.waitFor(milliseconds, MILLISECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** SIGKILL: it has no chance to do anything more. */
    Outcome kill() {
      process.destroyForcibly();
      return end();
    }

    /** SIGTERM: it is asked to stop. */
    Outcome terminate() {
      process.destroy();
      return end();
    }

    /** Waits for the end. */
    Outcome end() {
      try {
        if (!process.waitFor(STUCK_SECONDS, SECONDS)) {
          throw stuck();
        }
        var outcome = new Outcome(process.exitValue(), Files.readString(out), said());
        Files.delete(out);
        Files.delete(err);
        return outcome;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private String said() throws IOException {
      return Files.readString(err)
          .lines()
          .filter(line -> !line.equals(INCUBATOR))
          .map(line -> line + "\n")
          .collect(Collectors.joining());
    }

    private AssertionError stuck() {
      process.destroyForcibly();
      return new AssertionError("stuck: " + process.info().commandLine().orElse("?"));
    }
  }

  /**
   * What a command did.
   *
   * @param exit its exit code; 128 plus the signal's number if a signal ended it
   * @param out stdout
   * @param err stderr, without the JVM's line about incubator modules
   */
  record Outcome(int exit, String out, String err) {
    Outcome requireDone() {
      assertThat(exit).as(err).isZero();
      return this;
    }

    /** Stdout, which must be one JSON document and nothing else. */
    JsonNode json() {
      try {
        JsonNode document = ONE_DOCUMENT.readTree(out);
        assertThat(document.isObject()).as("stdout is one object: %s", out).isTrue();
        return document;
      } catch (IOException e) {
        throw new AssertionError("stdout is not one JSON document: " + out, e);
      }
    }
  }
}
