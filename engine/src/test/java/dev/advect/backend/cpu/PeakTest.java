package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The peak is that of the kernels that long trainings run, not of those that short ones stay on.
 */
class PeakTest {
  @Test
  void vectorsHaveTakenOverWhenItIsMeasured() {
    Kernels kernels = new VectorKernels(false);
    try (var pool = new Pool(1)) {
      var peak = new Peak(kernels, pool);
      MicroKernel cold = peak.kernel();
      assertThat(peak.measure()).isPositive();
      assertThat(cold.current()).isNotSameAs(cold);
    }
  }
}
