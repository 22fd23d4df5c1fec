package dev.advect.backend.cpu;

import dev.advect.backend.Availability;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;

/**
 * Finds out which kernels this JVM can run, and says why. {@code -Dadvect.vector=scalar} forces
 * plain loops, {@code 512}, {@code 256} or {@code 128} a vector width. {@code
 * -Dadvect.start=vectors} uses vectors from the first call on, instead of plain loops with the same
 * bits until vectors are faster: for tests and benchmarks.
 */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public Availability probe() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Availability.Ready(
        "%d core%s, %s".formatted(cores, cores == 1 ? "" : "s", kernels().description()));
  }

  @Override
  public Backend open(BackendOptions options) {
    return new CpuBackend(kernels(), options);
  }

  private static Kernels kernels() {
    if ("scalar".equals(System.getProperty("advect.vector"))) {
      return ScalarKernels.because("asked for with -Dadvect.vector=scalar");
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return ScalarKernels.because(
          "this JVM runs without it; add --add-modules jdk.incubator.vector to be many times"
              + " faster");
    }
    boolean atOnce = "vectors".equals(System.getProperty("advect.start"));
    Kernels vectors = new VectorKernels();
    return atOnce ? vectors : WarmingKernels.of(vectors);
  }
}
