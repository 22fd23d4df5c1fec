package dev.advect.program;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * The labels of a contraction in four groups: batch (in both factors and the result), M (in the
 * first factor and the result), N (in the second and the result), K (in both factors, summed).
 */
public record Labels(String batch, String m, String n, String k, Map<Character, Integer> sizes) {

  /** The labels of a contraction. */
  public static Labels of(Value contraction) {
    var c = (Linear.Contract) contraction.op();
    Map<Character, Integer> sizes = new HashMap<>();
    for (int i = 0; i < c.a().length(); i++) {
      sizes.put(c.a().charAt(i), contraction.arg(0).type().dim(i));
    }
    for (int i = 0; i < c.b().length(); i++) {
      sizes.put(c.b().charAt(i), contraction.arg(1).type().dim(i));
    }
    var batch = new StringBuilder();
    var m = new StringBuilder();
    var n = new StringBuilder();
    var k = new StringBuilder();
    for (char label : c.out().toCharArray()) {
      boolean inA = c.a().indexOf(label) >= 0;
      boolean inB = c.b().indexOf(label) >= 0;
      (inA && inB ? batch : inA ? m : n).append(label);
    }
    for (char label : c.a().toCharArray()) {
      if (c.out().indexOf(label) < 0) {
        k.append(label);
      }
    }
    return new Labels(batch.toString(), m.toString(), n.toString(), k.toString(), sizes);
  }

  /** How many combinations of some labels there are. */
  public int size(String labels) {
    int size = 1;
    for (char label : labels.toCharArray()) {
      size *= sizes.get(label);
    }
    return size;
  }

  /**
   * Where in a value each combination of labels lies, the last label running fastest.
   *
   * @param labels which to run over
   * @param own the value's own labels, one an axis
   */
  public int[] offsets(String labels, String own, Value v) {
    int[] strides = v.type().strides();
    int[] out = new int[size(labels)];
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      for (int l = labels.length() - 1; l >= 0; l--) {
        int size = sizes.get(labels.charAt(l));
        int axis = own.indexOf(labels.charAt(l));
        out[i] += axis < 0 ? 0 : rest % size * strides[axis];
        rest /= size;
      }
    }
    return out;
  }

  /** Whether offsets are 0, 1, 2, ... */
  public static boolean isRun(int[] offsets) {
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] != offsets[0] + i) {
        return false;
      }
    }
    return true;
  }

  /**
   * How far apart the offsets are if they are evenly so; 0 if not. One offset counts as 1 apart.
   */
  public static int pitch(int[] offsets) {
    int pitch = offsets.length > 1 ? offsets[1] - offsets[0] : 1;
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] != offsets[0] + i * pitch) {
        return 0;
      }
    }
    return pitch;
  }
}
