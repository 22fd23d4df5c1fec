package dev.advect.backend.cuda;

import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Stage;
import dev.advect.program.View;

/**
 * The addresses of a program's values for one number of samples.
 *
 * @param layout where values lie
 * @param tables index tables
 * @param sharedBase address of the shared values
 * @param slab address of the per-sample values
 * @param run address of what a run knows of itself
 * @param count how many samples
 */
record Addresses(Layout layout, Tables tables, long sharedBase, long slab, long run, int count) {
  /** Samples of a feature are padded to whole warps. */
  static int padded(int count) {
    return (count + 31) / 32 * 32;
  }

  /** Floats from a feature to the next. */
  int ld() {
    return padded(count);
  }

  /** The address of a feature of the slab. */
  long feature(int feature) {
    return slab + (long) feature * ld() * Float.BYTES;
  }

  /** The address of a shared value. */
  long shared(Value v) {
    return v.op() instanceof Source.Ambient(var fact)
        ? run + RunRecord.offset(fact)
        : sharedBase + layout.shared(v) * Float.BYTES;
  }

  /** The address of a value that a stage makes or reads. */
  long of(Stage.Sample stage, Value v) {
    return v.sampled() ? feature(layout.sampled(stage, v)) : shared(v);
  }

  /**
   * A view as an argument.
   *
   * @param stage the stage that reads it; null if it is a shared one
   */
  Operand operand(Stage.Sample stage, View read) {
    Value base = read.base();
    if (base.op() instanceof Source.Constant(float c)) {
      return Operand.constant(c);
    }
    int stride = base.size() == 1 && !read.isIdentity() ? 0 : base.sampled() ? ld() : 1;
    long map = read.isIdentity() || stride == 0 ? 0 : tables.address(read.map());
    return new Operand(of(stage, base), map, stride, base.sampled() ? 1 : 0, 0);
  }
}
