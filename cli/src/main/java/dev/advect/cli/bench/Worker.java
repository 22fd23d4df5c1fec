package dev.advect.cli.bench;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Measures speeds on request, so that a script can compare programs that take turns: reads one task
 * a line and answers one number a line, higher is better, {@code nan} where there is none.
 *
 * <p>What a task prepares is warmed and kept, so that every answer is that of a warm program.
 */
public final class Worker {
  private final Console console;
  private final Backend backend;
  private final Warmup warmup;
  private final Map<Workload, Workload.Prepared> prepared = new LinkedHashMap<>();

  /**
   * A worker that computes on a backend and answers on a console.
   *
   * @param warmup how a workload is warmed that is asked for the first time
   */
  public Worker(Console console, Backend backend, Warmup warmup) {
    this.console = console;
    this.backend = backend;
    this.warmup = warmup;
  }

  /** Answers until there are no more tasks. */
  public void serve(BufferedReader tasks) {
    try {
      for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
        console.write(answer(line) + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      prepared.values().forEach(Workload.Prepared::close);
    }
  }

  private String answer(String line) {
    try {
      Task task = Task.of(line);
      Workload workload = task.workload();
      Runnable run = prepared.computeIfAbsent(workload, this::prepare);
      double rate = Rate.of(run, task.seconds()).usual() * workload.amount();
      return String.format(Locale.ROOT, "%.6e", rate);
    } catch (IllegalArgumentException e) {
      console.warn(e.getMessage());
      return "nan";
    }
  }

  private Workload.Prepared prepare(Workload workload) {
    Workload.Prepared run = workload.prepare(backend);
    warmup.warm(run);
    return run;
  }
}
