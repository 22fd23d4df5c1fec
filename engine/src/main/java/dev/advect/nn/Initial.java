package dev.advect.nn;

import dev.advect.random.Philox;
import java.util.Arrays;

/** The law a parameter's elements have before training. */
public sealed interface Initial {
  /** Every element is the same. */
  record Constant(float value) implements Initial {}

  /** Independent, uniform on (-bound, bound]. */
  record Uniform(double bound) implements Initial {
    /** Checks the bound. */
    public Uniform {
      if (!(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the bound must be positive and finite, not " + bound);
      }
    }
  }

  /** Uniform within 1/sqrt(fanIn), as PyTorch initialises the weight and bias of a Linear. */
  static Initial fanIn(int fanIn) {
    return new Uniform(1 / Math.sqrt(fanIn));
  }

  /** The elements, a function of the key alone. */
  default float[] draw(long key, int size) {
    float[] out = new float[size];
    switch (this) {
      case Constant(float value) -> Arrays.fill(out, value);
      case Uniform(double bound) -> {
        Philox.bulkUniform(key, 0, out);
        for (int i = 0; i < size; i++) {
          out[i] = (float) (bound * (2.0 * out[i] - 1));
        }
      }
    }
    return out;
  }
}
