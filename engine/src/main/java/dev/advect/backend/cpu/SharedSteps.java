package dev.advect.backend.cpu;

import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Labels;
import dev.advect.program.Program;
import dev.advect.program.View;
import java.util.Arrays;
import java.util.List;

/** Operations on shared values that are not elementwise, as plain loops. */
final class SharedSteps {
  private SharedSteps() {}

  /** What computes a shared value. */
  static Runnable of(Program program, Value v, Memory memory) {
    List<View> reads = program.reads(v);
    return switch (v.op()) {
      case Source.Constant(float c) -> () -> Arrays.fill(memory.shared(v), c);
      case Linear.Sum(var axes) -> sum(v, reads.getFirst(), axes, memory);
      case Linear.Broadcast _, Linear.Slice _, Linear.Reshape _, Linear.Transpose _ ->
          copy(v, reads.getFirst(), memory);
      case Linear.Pad(int axis, int before, _) -> assemble(v, reads, axis, before, memory);
      case Linear.Concat(int axis) -> assemble(v, reads, axis, 0, memory);
      case Linear.Contract c -> contract(v, c, reads, memory);
      case Extremum x -> extremum(v, x, reads.getFirst(), memory);
      default -> throw new IllegalStateException("no step of a shared stage: " + v);
    };
  }

  private static Runnable copy(Value v, View read, Memory memory) {
    return () -> {
      float[] from = memory.shared(read.base());
      float[] to = memory.shared(v);
      for (int f = 0; f < v.size(); f++) {
        to[f] = from[read.at(f)];
      }
    };
  }

  /** Sums in double: a norm over millions of weights must not lose digits. */
  private static Runnable sum(Value v, View read, List<Integer> axes, Memory memory) {
    int[] to = project(v.arg(0), axes);
    double[] totals = new double[v.size()];
    return () -> {
      float[] from = memory.shared(read.base());
      Arrays.fill(totals, 0);
      for (int f = 0; f < to.length; f++) {
        totals[to[f]] += from[read.at(f)];
      }
      float[] out = memory.shared(v);
      for (int i = 0; i < totals.length; i++) {
        out[i] = (float) totals[i];
      }
    };
  }

  private static Runnable extremum(Value v, Extremum op, View read, Memory memory) {
    int[] to = project(v.arg(0), op.axes());
    int stride = v.arg(0).type().strides()[op.axes().getFirst()];
    int length = v.arg(0).type().dim(op.axes().getFirst());
    boolean smallest = op.kind() == Extremum.Kind.MIN;
    float[] best = new float[v.size()];
    return () -> {
      float[] from = memory.shared(read.base());
      float[] out = memory.shared(v);
      Arrays.fill(best, smallest ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY);
      for (int f = 0; f < to.length; f++) {
        float candidate = from[read.at(f)];
        if (smallest ? candidate < best[to[f]] : candidate > best[to[f]]) {
          best[to[f]] = candidate;
          out[to[f]] = op.kind() == Extremum.Kind.ARGMAX ? f / stride % length : candidate;
        }
      }
    };
  }

  private static Runnable assemble(Value v, List<View> parts, int axis, int first, Memory memory) {
    int inner = v.type().strides()[axis];
    int pitch = v.type().dim(axis) * inner;
    return () -> {
      float[] out = memory.shared(v);
      Arrays.fill(out, 0, v.size(), 0f);
      int at = first;
      for (int k = 0; k < parts.size(); k++) {
        int width = v.arg(k).type().dim(axis) * inner;
        float[] from = memory.shared(parts.get(k).base());
        for (int f = 0; f < v.arg(k).size(); f++) {
          out[f / width * pitch + at * inner + f % width] = from[parts.get(k).at(f)];
        }
        at += v.arg(k).type().dim(axis);
      }
    };
  }

  private static Runnable contract(Value v, Linear.Contract c, List<View> reads, Memory memory) {
    Labels labels = Labels.of(v);
    String outer = labels.batch() + labels.m() + labels.n();
    int[] to = labels.offsets(outer, c.out(), v);
    int[] as = labels.offsets(outer, c.a(), v.arg(0));
    int[] bs = labels.offsets(outer, c.b(), v.arg(1));
    int[] ka = labels.offsets(labels.k(), c.a(), v.arg(0));
    int[] kb = labels.offsets(labels.k(), c.b(), v.arg(1));
    return () -> {
      float[] a = memory.shared(reads.get(0).base());
      float[] b = memory.shared(reads.get(1).base());
      float[] out = memory.shared(v);
      for (int o = 0; o < to.length; o++) {
        float total = 0;
        for (int k = 0; k < ka.length; k++) {
          total += a[reads.get(0).at(as[o] + ka[k])] * b[reads.get(1).at(bs[o] + kb[k])];
        }
        out[to[o]] = total;
      }
    };
  }

  private static int[] project(Value whole, List<Integer> removed) {
    int[] strides = whole.type().strides();
    int[] map = new int[whole.size()];
    for (int f = 0; f < map.length; f++) {
      for (int axis = 0; axis < strides.length; axis++) {
        if (!removed.contains(axis)) {
          map[f] = map[f] * whole.type().dim(axis) + f / strides[axis] % whole.type().dim(axis);
        }
      }
    }
    return map;
  }
}
