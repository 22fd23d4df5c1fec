package dev.advect.program;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.Set;

/**
 * A value seen through structure: feature f of it is feature {@code map[f]} of a base.
 *
 * <p>Samples lie side by side in memory (feature by feature), so spreading, broadcasting, slicing,
 * reshaping and transposing move no number: they only say which row to read.
 *
 * @param base what lies in memory, or a constant
 * @param map one entry a feature of the value; null for the identity
 */
public record View(Value base, int[] map) {

  /** Whether every feature is the base's one feature. */
  public boolean isScalar() {
    return base.size() == 1;
  }

  /** Whether feature f of the base is feature f of the value. */
  public boolean isIdentity() {
    return map == null;
  }

  /** Which feature of the base feature f of the value is. */
  public int at(int f) {
    return map == null ? f : map[f];
  }

  /** Whether a value is one number everywhere, which lies in no memory. */
  public static boolean isConstant(Value v) {
    return v.op() instanceof Source.Constant;
  }

  /** Whether a value is pure structure over its argument. */
  public static boolean isStructure(Value v) {
    return switch (v.op()) {
      case Linear.Spread _,
          Linear.Broadcast _,
          Linear.Slice _,
          Linear.Reshape _,
          Linear.Transpose _,
          Source.Constant _ ->
          true;
      default -> false;
    };
  }

  /** Looks through structure down to a base that is not structure, or is among the materialized. */
  static View of(Value value, Set<Value> materialized) {
    return materialized.contains(value) ? new View(value, null) : through(value, materialized);
  }

  /** What a copy of a structure copies: looks through the structure even if it is materialized. */
  static View through(Value structure, Set<Value> materialized) {
    Value v = structure;
    int[] map = null;
    do {
      if (!isStructure(v) || v.args().isEmpty()) {
        break;
      }
      int[] step = step(v);
      if (step != null) {
        map = map == null ? step : compose(step, map);
      }
      v = v.arg(0);
    } while (!materialized.contains(v));
    return new View(v, map != null && isIdentity(map, v.size()) ? null : map);
  }

  private static boolean isIdentity(int[] map, int size) {
    boolean identity = map.length == size;
    for (int f = 0; identity && f < size; f++) {
      identity = map[f] == f;
    }
    return identity;
  }

  private static int[] compose(int[] step, int[] map) {
    int[] out = new int[map.length];
    for (int f = 0; f < out.length; f++) {
      out[f] = step[map[f]];
    }
    return out;
  }

  /** Which feature of its argument feature f is; null for the identity. */
  private static int[] step(Value v) {
    ValueType out = v.type();
    ValueType in = v.arg(0).type();
    int[] to = out.strides();
    int[] from = in.strides();
    int[] pitch = new int[to.length];
    int offset = 0;
    switch (v.op()) {
      case Linear.Broadcast(_, var axes) -> {
        int k = 0;
        for (int axis = 0; axis < to.length; axis++) {
          pitch[axis] = axes.contains(axis) ? 0 : from[k++];
        }
      }
      case Linear.Slice(int axis, int start, _) -> {
        System.arraycopy(from, 0, pitch, 0, from.length);
        offset = start * from[axis];
      }
      case Linear.Transpose(var order) -> {
        for (int axis = 0; axis < to.length; axis++) {
          pitch[axis] = from[order.get(axis)];
        }
      }
      default -> {
        return null;
      }
    }
    int[] map = new int[out.size()];
    for (int f = 0; f < map.length; f++) {
      int at = offset;
      for (int axis = 0; axis < to.length; axis++) {
        at += f / to[axis] % out.dim(axis) * pitch[axis];
      }
      map[f] = at;
    }
    return map;
  }
}
