package dev.advect.cli.run;

import dev.advect.cli.Console;
import dev.advect.coupling.Coupling;
import dev.advect.random.Draws;
import dev.advect.transport.SquaredDistances;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Measures speeds on request, so that a script can compare programs that take turns: reads one task
 * a line and answers one number a line, higher is better, {@code nan} where there is none.
 *
 * <p>The task {@code ot N DIM SECONDS} is the exact coupling of a batch: from N source points and N
 * data points to who goes with whom, the costs included; couplings a second.
 */
public final class BenchWorker {
  private static final int LEAST_RUNS = 2;
  private static final long MOST_POINTS = 20_000;

  private final Console console;
  private final Map<String, Runnable> prepared = new LinkedHashMap<>();

  /** A worker that answers on a console. */
  public BenchWorker(Console console) {
    this.console = console;
  }

  /** Answers until there are no more tasks. */
  public void serve(BufferedReader tasks) {
    try {
      for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
        console.write(answer(line.strip().split("\\s+")) + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer(String[] task) {
    try {
      double rate =
          switch (task[0]) {
            case "ot" -> coupling(task);
            default ->
                throw new IllegalArgumentException(
                    "there is no task '%s'; the tasks are: ot N DIM SECONDS".formatted(task[0]));
          };
      return String.format(Locale.ROOT, "%.6e", rate);
    } catch (IllegalArgumentException e) {
      console.warn(e.getMessage());
      return "nan";
    }
  }

  private double coupling(String[] task) {
    if (task.length != 4) {
      throw new IllegalArgumentException("expected: ot N DIM SECONDS");
    }
    int n = (int) number(task[1], 1, MOST_POINTS);
    int dim = (int) number(task[2], 1, MOST_POINTS);
    double seconds = number(task[3], 0, 3600);
    Runnable run =
        prepared.computeIfAbsent(
            "ot %d %d".formatted(n, dim),
            _ -> {
              float[] x0 = Draws.normal(0, 0, 0, n, dim);
              float[] x1 = Draws.normal(0, 0, 1, n, dim);
              for (int i = 0; i < x1.length; i++) {
                x1[i]++;
              }
              return () -> Coupling.exactOt().partners(SquaredDistances.between(x0, x1, dim));
            });
    return rate(run, seconds);
  }

  private static double number(String text, double least, double most) {
    double value = Double.parseDouble(text);
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s is not from %.0f to %.0f".formatted(text, least, most));
    }
    return value;
  }

  /** Runs a second, by the median of the times that some runs take. */
  private static double rate(Runnable run, double seconds) {
    run.run();
    double[] times = new double[16];
    int runs = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end || runs < LEAST_RUNS) {
      if (runs == times.length) {
        times = Arrays.copyOf(times, 2 * runs);
      }
      long start = System.nanoTime();
      run.run();
      times[runs++] = System.nanoTime() - start;
    }
    Arrays.sort(times, 0, runs);
    return 1e9 / times[runs / 2];
  }
}
