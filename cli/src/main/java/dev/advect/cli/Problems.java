package dev.advect.cli;

import dev.advect.AdvectException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.Optional;
import picocli.CommandLine;

/** Turns whatever a command throws into lines for a person and an exit code. */
final class Problems {
  private Problems() {}

  /** What a command could not make of its arguments. */
  static ExitCode usage(CommandLine.ParameterException problem, PrintStream talk) {
    return switch (problem.getCause()) {
      case UsageException e -> print(e, e.hint(), ExitCode.USAGE, talk);
      case null, default -> {
        CommandLine command = problem.getCommandLine();
        String hint =
            suggestion(problem)
                .orElse("see %s --help".formatted(command.getCommandSpec().qualifiedName()));
        yield print(new UsageException(problem.getMessage(), hint), hint, ExitCode.USAGE, talk);
      }
    };
  }

  /** What a command failed with. */
  static ExitCode execution(Throwable problem, PrintStream talk) {
    return switch (problem) {
      case ClosedPipe _ -> ExitCode.DONE;
      case UsageException e -> print(e, e.hint(), ExitCode.USAGE, talk);
      case AdvectException e -> print(e, e.hint(), ExitCode.FAILED, talk);
      case OutOfMemoryError e -> {
        talk.println("error: out of memory: " + e.getMessage());
        talk.println(
            "hint: the JVM may use %d MiB; give it more with ADVECT_JAVA_OPTS=-Xmx8g, or lower"
                    .formatted(Runtime.getRuntime().maxMemory() >> 20)
                + " training.batch or the number of rows");
        yield ExitCode.FAILED;
      }
      default -> {
        talk.println("error: this is a bug in advect; please report what follows");
        problem.printStackTrace(talk);
        yield ExitCode.FAILED;
      }
    };
  }

  private static Optional<String> suggestion(CommandLine.ParameterException problem) {
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      return unmatched.getSuggestions().stream()
          .findFirst()
          .map(closest -> "did you mean %s?".formatted(closest));
    }
    return Optional.empty();
  }

  private static ExitCode print(Throwable problem, String hint, ExitCode code, PrintStream talk) {
    String headline = problem.getMessage();
    talk.println("error: " + headline);
    String said = headline;
    for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
      String text = cause.getMessage();
      // What a file system says is in the sentence already; its path may be a temporary one.
      boolean told = cause instanceof FileSystemException || text == null || said.contains(text);
      if (!told) {
        talk.println("  cause: " + text);
        said = text;
      }
    }
    if (!hint.isEmpty()) {
      talk.println("hint: " + hint);
    }
    return code;
  }
}
