package dev.advect.cli.bench;

import dev.advect.backend.Backend;

/**
 * How fast a workload is done.
 *
 * @param workload what was done
 * @param rate how much of its unit a second, by the median of its runs
 * @param mean how much of its unit a second by all of its runs, some of which are interrupted
 * @param flops floating-point operations a second in its matrix products; 0 if it has none
 */
public record Speed(Workload workload, double rate, double mean, double flops) {
  /**
   * Measures a workload once it is warm.
   *
   * @param seconds how long it is measured; at least two runs are
   */
  public static Speed of(Workload workload, Backend backend, Warmup warmup, double seconds) {
    try (Workload.Prepared run = workload.prepare(backend)) {
      warmup.warm(run);
      Rate runs = Rate.of(run, seconds);
      return new Speed(
          workload,
          runs.usual() * workload.amount(),
          runs.mean() * workload.amount(),
          runs.usual() * workload.operations());
    }
  }
}
