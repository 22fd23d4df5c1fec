package dev.advect.cli.bench;

import dev.advect.AdvectException;
import dev.advect.cli.bench.Workload.ExactOt;
import dev.advect.cli.bench.Workload.LogLikelihood;
import dev.advect.cli.bench.Workload.Net;
import dev.advect.cli.bench.Workload.Product;
import dev.advect.cli.bench.Workload.Sample;
import dev.advect.cli.bench.Workload.Train;
import dev.advect.nn.Activation;

/**
 * A line that a worker is asked with.
 *
 * @param workload what is measured
 * @param seconds how long
 */
record Task(Workload workload, double seconds) {
  private static final double MOST_POINTS = 20_000;
  private static final double MOST = 10_000_000;
  private static final double MOST_SECONDS = 3600;

  /** The tasks there are, for a person. */
  static final String[] FORMS = {
    "train DIM WIDTH DEPTH ACTIVATION BATCH SECONDS   steps of flow matching with Adam",
    "sample DIM WIDTH DEPTH ACTIVATION N SECONDS      samples by 100 Euler steps",
    "loglik DIM WIDTH DEPTH ACTIVATION N SECONDS      log-densities by 100 Euler steps, one probe",
    "ot N DIM SECONDS                                 exact couplings of N with N points",
    "gemm NN|NT|TN M N K SECONDS                      GFLOP of a product of M by N by K",
  };

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if there is no such task, or a number is out of its range
   */
  static Task of(String line) {
    String[] w = line.strip().split("\\s+");
    Workload workload =
        switch (w[0]) {
          case "train" -> new Train(net(w, 7), count(w[5], MOST));
          case "sample" -> new Sample(net(w, 7), count(w[5], MOST));
          case "loglik" -> new LogLikelihood(net(w, 7), count(w[5], MOST));
          case "ot" -> {
            expect(w, 4);
            yield new ExactOt(count(w[1], MOST_POINTS), count(w[2], MOST_POINTS));
          }
          case "gemm" -> {
            expect(w, 6);
            yield new Product(w[1], count(w[2], MOST), count(w[3], MOST), count(w[4], MOST));
          }
          default ->
              throw new IllegalArgumentException(
                  "there is no task '%s'; the tasks are:%n%s"
                      .formatted(w[0], String.join(System.lineSeparator(), FORMS)));
        };
    return new Task(workload, number(w[w.length - 1], 0, MOST_SECONDS));
  }

  private static Net net(String[] w, int words) {
    expect(w, words);
    try {
      return new Net(count(w[1], MOST), count(w[2], MOST), count(w[3], MOST), Activation.of(w[4]));
    } catch (AdvectException e) {
      throw new IllegalArgumentException(e.getMessage() + "; " + e.hint(), e);
    }
  }

  private static void expect(String[] w, int words) {
    if (w.length != words) {
      for (String form : FORMS) {
        if (form.startsWith(w[0] + " ")) {
          throw new IllegalArgumentException("expected: " + form.substring(0, form.indexOf("   ")));
        }
      }
    }
  }

  private static int count(String text, double most) {
    return (int) number(text, 1, most);
  }

  private static double number(String text, double least, double most) {
    double value = Double.parseDouble(text);
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s is not from %.0f to %.0f".formatted(text, least, most));
    }
    return value;
  }
}
