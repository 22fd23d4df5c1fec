package dev.advect.backend.cpu;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * The rows of a product in groups: a micro-kernel that makes R of them at a time, and one for those
 * that fill no group.
 */
final class RowKernels {
  private final int all;
  private final int rows; // R
  private final int panel;
  private final MicroKernel whole;
  private final MicroKernel rest;

  /**
   * Kernels for all rows of a product.
   *
   * @param kernel the kernel for so many rows
   */
  RowKernels(int all, Kernels kernels, IntFunction<MicroKernel> kernel) {
    this.all = all;
    rows = kernels.rows();
    panel = kernels.panel();
    whole = kernel.apply(rows);
    rest = all % rows == 0 ? whole : kernel.apply(all % rows);
  }

  /**
   * Where each group begins in the factor whose elements are broadcast.
   *
   * @param begin where a row begins
   */
  int[] groups(IntUnaryOperator begin) {
    int[] groups = new int[(all + rows - 1) / rows];
    Arrays.setAll(groups, g -> begin.applyAsInt(g * rows));
    return groups;
  }

  /**
   * Makes some rows, as {@link MicroKernel#run} does.
   *
   * @param begin the first row, which begins a group
   * @param end after the last row, which ends a group or is the last of all
   */
  void run(
      float[] a,
      int[] groups,
      int begin,
      int end,
      int a0,
      int aStride,
      float[] b,
      int b0,
      int panels,
      int length,
      int last,
      float[] c,
      int c0,
      boolean fresh) {
    int first = begin / rows;
    int full = end / rows; // after the last whole group
    whole
        .current()
        .run(a, groups, first, full, a0, aStride, b, b0, panels, length, last, c, c0, fresh);
    if (full * rows < end) {
      int rest0 = c0 + (full - first) * rows * panel;
      rest.current()
          .run(
              a, groups, full, full + 1, a0, aStride, b, b0, panels, length, last, c, rest0, fresh);
    }
  }
}
