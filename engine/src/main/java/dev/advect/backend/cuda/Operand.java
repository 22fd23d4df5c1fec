package dev.advect.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A value as an argument of a kernel, as {@code native/kernels/operand.cuh} has it: element (f, s)
 * lies at {@code base[row(f) * featureStride + s * sampleStride]}, where row is the map or f.
 *
 * @param base its address; 0 for one number everywhere
 * @param map address of which row each feature is; 0 for the identity
 * @param featureStride floats from a row to the next
 * @param sampleStride 1 per-sample, 0 shared
 * @param constant the number everywhere, if there is no base
 */
record Operand(long base, long map, int featureStride, int sampleStride, float constant) {
  /** The size of the struct. */
  static final int BYTES = 32;

  static Operand constant(float number) {
    return new Operand(0, 0, 0, 0, number);
  }

  /** The same from a feature on. */
  Operand from(int feature) {
    return map != 0
        ? new Operand(base, map + (long) feature * Integer.BYTES, featureStride, sampleStride, 0)
        : new Operand(
            base == 0 ? 0 : base + (long) feature * featureStride * Float.BYTES,
            0,
            featureStride,
            sampleStride,
            constant);
  }

  void write(MemorySegment to) {
    to.set(ValueLayout.JAVA_LONG, 0, base);
    to.set(ValueLayout.JAVA_LONG, 8, map);
    to.set(ValueLayout.JAVA_INT, 16, featureStride);
    to.set(ValueLayout.JAVA_INT, 20, sampleStride);
    to.set(ValueLayout.JAVA_FLOAT, 24, constant);
    to.set(ValueLayout.JAVA_INT, 28, 0);
  }
}
