package dev.advect.cli;

import dev.advect.AdvectException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a command's data go and where it talks.
 *
 * @param data stdout: data and JSON documents, nothing else
 * @param talk stderr: everything meant for a person
 * @param terminal whether a person sees {@code talk} as it is written
 * @param quiet whether to say only what is wrong
 */
public record Console(OutputStream data, PrintStream talk, boolean terminal, boolean quiet) {
  /** Writes data. */
  @FunctionalInterface
  public interface Body {
    /** Writes everything to {@code out}, which is flushed by the caller and stays open. */
    void write(OutputStream out) throws IOException;
  }

  /** The streams of this process. */
  public static Console system() {
    return new Console(
        new FileOutputStream(FileDescriptor.out), System.err, talksToTerminal(), false);
  }

  /** The same, and silent unless something is wrong. */
  public Console quieted() {
    return new Console(data, talk, terminal, true);
  }

  /** A line for a person. */
  public void say(String line) {
    if (!quiet) {
      talk.println(line);
    }
  }

  /** A line that was asked for, which even a quiet command prints. */
  public void tell(String line) {
    talk.println(line);
  }

  /** A line that even a quiet command prints. */
  public void warn(String line) {
    talk.println("warning: " + line);
  }

  /**
   * Writes data to stdout.
   *
   * @throws AdvectException if stdout takes no more; a reader that has gone is no failure and ends
   *     the command quietly
   */
  public void write(Body body) {
    try {
      OutputStream buffered = new BufferedOutputStream(data, 1 << 16);
      body.write(buffered);
      buffered.flush();
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (reason.toLowerCase(Locale.ROOT).contains("pipe")) {
        throw new ClosedPipe(e);
      }
      throw new AdvectException(
          "cannot write to standard output: " + reason, "write to a file with --out FILE", e);
    }
  }

  /** Writes text to stdout. */
  public void write(String text) {
    write(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Java knows whether stdin and stdout are a terminal; Linux also knows it of stderr. */
  private static boolean talksToTerminal() {
    if ("dumb".equals(System.getenv("TERM")) || System.getenv("CI") != null) {
      return false;
    }
    Path stderr = Path.of("/proc/self/fd/2");
    if (Files.isSymbolicLink(stderr)) {
      try {
        String target = Files.readSymbolicLink(stderr).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException _) {
        return false;
      }
    }
    return System.console() != null && System.console().isTerminal();
  }
}
