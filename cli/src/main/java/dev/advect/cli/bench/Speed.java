package dev.advect.cli.bench;

import dev.advect.backend.Backend;

/**
 * How fast a workload is done.
 *
 * @param workload what was done
 * @param rate how much of its unit a second
 * @param flops floating-point operations a second in its matrix products; 0 if it has none
 */
public record Speed(Workload workload, double rate, double flops) {
  /**
   * Measures a workload once it is warm.
   *
   * @param seconds how long it is measured; at least two runs are
   */
  public static Speed of(Workload workload, Backend backend, Warmup warmup, double seconds) {
    try (Workload.Prepared run = workload.prepare(backend)) {
      warmup.warm(run);
      double runs = Rate.of(run, seconds);
      return new Speed(workload, runs * workload.amount(), runs * workload.operations());
    }
  }
}
