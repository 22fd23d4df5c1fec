package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The peak is that of the kernels that long trainings run, not of those that short ones stay on.
 */
class PeakTest {
  @Test
  void vectorsHaveTakenOverWhenItIsMeasured() {
    Kernels kernels = WarmingKernels.of(new VectorKernels());
    try (var pool = new Pool(1, () -> false)) {
      var peak = new Peak(kernels, pool);
      MicroKernel cold = peak.kernel();
      assertThat(peak.measure()).isPositive();
      assertThat(cold.current()).isNotSameAs(cold);
    }
  }
}
