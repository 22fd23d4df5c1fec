package dev.advect.backend.cpu;

import java.util.Random;

/** Which of the two forms of the inner loops is measured. */
public enum Loops {
  /** On vectors, from the first call on. */
  VECTORS {
    @Override
    Kernels kernels() {
      return new VectorKernels();
    }
  },
  /** The twins on plain floats, with panels and blocks of the same sizes. */
  PLAIN {
    @Override
    Kernels kernels() {
      Kernels vectors = new VectorKernels();
      return new ScalarKernels(
          vectors.panel(), vectors.block(), vectors.rows(), "the twin of vectors");
    }
  };

  abstract Kernels kernels();

  /** Normal numbers, always the same, in an array padded as the engine's are. */
  static float[] numbers(int size) {
    float[] numbers = Memory.allocate(size);
    var random = new Random(size);
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
