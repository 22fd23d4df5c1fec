package dev.advect.backend.cpu;

import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Op.Elementwise;
import java.util.Arrays;
import java.util.List;

/** A region run instruction by instruction on plain floats. */
final class ScalarLoop implements FusedLoop {
  private final Region region;
  private final int panel;

  ScalarLoop(Region region, int panel) {
    this.region = region;
    this.panel = panel;
  }

  /** The operands of one run. */
  private record Frame(float[][] arrays, int[] offsets, int[] strides, int[][] maps) {}

  @Override
  public void run(
      float[][] arrays,
      int[] offsets,
      int[] strides,
      int[][] maps,
      int q0,
      int q1,
      int f0,
      int f1,
      int valid) {
    var frame = new Frame(arrays, offsets, strides, maps);
    float[][] results = new float[region.body().size()][panel];
    float[][] args = new float[3][panel];
    if (region.flat()) {
      for (int i = f0; i < f1; i += panel) {
        row(frame, 0, i, Math.min(panel, f1 - i), panel, results, args);
      }
      return;
    }
    for (int q = q0; q < q1; q++) {
      for (int f = f0; f < f1; f++) {
        row(frame, q, f, panel, q == q1 - 1 ? valid : panel, results, args);
      }
    }
  }

  private void row(
      Frame frame, int q, int f, int width, int valid, float[][] results, float[][] args) {
    List<Region.Instruction> body = region.body();
    for (int k = 0; k < body.size(); k++) {
      Region.Instruction instruction = body.get(k);
      for (int i = 0; i < instruction.args().size(); i++) {
        switch (instruction.args().get(i)) {
          case Region.Ref.Load(int operand) -> load(frame, operand, q, f, width, args[i]);
          case Region.Ref.Result(int r) -> System.arraycopy(results[r], 0, args[i], 0, width);
          case Region.Ref.Literal(float c) -> Arrays.fill(args[i], 0, width, c);
        }
      }
      apply(instruction.op(), args[0], args[1], args[2], results[k], width);
    }
    for (Region.Out out : region.outs()) {
      float[] from = results[out.instruction()];
      float[] to = frame.arrays[out.operand()];
      int at = at(frame, out.operand(), q, f);
      switch (out.effect()) {
        case STORE -> System.arraycopy(from, 0, to, at, width);
        case ADD -> {
          for (int p = 0; p < width; p++) {
            to[at + p] += from[p];
          }
        }
        case ADD_VALID -> {
          for (int p = 0; p < valid; p++) {
            to[at + p] += from[p];
          }
        }
      }
    }
  }

  private int at(Frame frame, int operand, int q, int f) {
    int base = frame.offsets[operand] + q * frame.strides[operand];
    return switch (region.operands().get(operand)) {
      case ROW -> region.flat() ? base + f : base + f * panel;
      case MAPPED_ROW -> base + frame.maps[operand][f] * panel;
      case ONLY_ROW, SCALAR -> base;
      case ELEMENT -> base + f;
      case MAPPED_ELEMENT -> base + frame.maps[operand][f];
    };
  }

  private void load(Frame frame, int operand, int q, int f, int width, float[] to) {
    float[] from = frame.arrays[operand];
    int at = at(frame, operand, q, f);
    switch (region.operands().get(operand)) {
      case ROW, MAPPED_ROW, ONLY_ROW -> System.arraycopy(from, at, to, 0, width);
      case ELEMENT, MAPPED_ELEMENT, SCALAR -> Arrays.fill(to, 0, width, from[at]);
    }
  }

  private static void apply(
      Elementwise op, float[] x, float[] y, float[] z, float[] out, int width) {
    for (int p = 0; p < width; p++) {
      out[p] = op == null ? x[p] : apply(op, x[p], y[p], z[p]);
    }
  }

  private static float apply(Elementwise op, float x, float y, float z) {
    return switch (op) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case NEG -> -x;
      case SELECT -> x != 0 ? y : z;
      default -> (float) Interpreter.apply(op, x, y, z);
    };
  }
}
