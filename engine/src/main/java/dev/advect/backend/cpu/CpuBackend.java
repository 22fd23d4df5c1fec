package dev.advect.backend.cpu;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Executable;
import dev.advect.graph.Graph;
import dev.advect.program.Program;

/** The cores of this machine. */
final class CpuBackend implements Backend {
  private final Kernels kernels;
  private final Pool pool;
  private final BackendOptions options;

  CpuBackend(Kernels kernels, BackendOptions options) {
    this.kernels = kernels;
    this.options = options;
    int cores = Runtime.getRuntime().availableProcessors();
    int threads = options.threads() == 0 ? cores : options.threads();
    pool = new Pool(threads, threads < cores ? () -> false : kernels::isWarming);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "%d thread%s, %s"
        .formatted(pool.size(), pool.size() == 1 ? "" : "s", kernels.description());
  }

  @Override
  public Executable compile(Graph graph) {
    return new CpuExecutable(Program.of(graph), kernels, pool, options);
  }

  @Override
  public double peakFlops() {
    return new Peak(kernels, pool).measure();
  }

  @Override
  public void close() {
    pool.close();
  }
}
