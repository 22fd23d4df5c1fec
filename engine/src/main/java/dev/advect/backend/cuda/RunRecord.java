package dev.advect.backend.cuda;

import dev.advect.backend.Slice;
import dev.advect.graph.Op.Source.Ambient.Fact;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a run knows of itself, as {@code struct Run} of {@code native/kernels/operand.cuh} has it;
 * and behind it what kernels report.
 */
final class RunRecord {
  /** The size of the struct. */
  static final int BYTES = 40;

  /** Where kernels note an index that is no row: four ints. */
  static final int FAULT = 64;

  /** Where the first value is noted that is not finite: a long. */
  static final int FIRST_BAD = 96;

  /** The size of everything. */
  static final int ALL_BYTES = 128;

  private RunRecord() {}

  static int offset(Fact fact) {
    return switch (fact) {
      case RECIPROCAL_BATCH -> 24;
      case STEP -> 28;
    };
  }

  /** Writes the struct for a slice, taken at a step of its own. */
  static void write(MemorySegment to, Slice slice, long step, long seed) {
    to.set(ValueLayout.JAVA_LONG, 0, seed);
    to.set(ValueLayout.JAVA_LONG, 8, step);
    to.set(ValueLayout.JAVA_LONG, 16, slice.first());
    to.set(ValueLayout.JAVA_FLOAT, 24, (float) (1.0 / slice.of()));
    to.set(ValueLayout.JAVA_FLOAT, 28, step);
    to.set(ValueLayout.JAVA_INT, 32, slice.count());
    to.set(ValueLayout.JAVA_INT, 36, 0);
  }
}
