package dev.advect.testing;

import dev.advect.graph.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** Arrays of numbers for tests. */
public final class Numbers {
  private Numbers() {}

  /** Independent normals. */
  public static double[] normal(long seed, int count) {
    var random = new Random(seed);
    double[] out = new double[count];
    for (int i = 0; i < count; i++) {
      out[i] = random.nextGaussian();
    }
    return out;
  }

  /** Independent normals, as floats. */
  public static float[] normalFloats(long seed, int count) {
    return floats(normal(seed, count));
  }

  /** The nearest floats. */
  public static float[] floats(double[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) x[i];
    }
    return out;
  }

  /** The same numbers in double. */
  public static double[] doubles(float[] x) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i];
    }
    return out;
  }

  /** The same arrays in double. */
  public static Map<String, double[]> doubles(Map<String, float[]> arrays) {
    var out = new HashMap<String, double[]>();
    arrays.forEach((name, x) -> out.put(name, doubles(x)));
    return out;
  }

  /** Normals, scaled, for every value of a map. */
  public static SequencedMap<String, double[]> like(
      Map<String, Value> values, long seed, double scale) {
    var out = new LinkedHashMap<String, double[]>();
    values.forEach(
        (name, v) -> {
          double[] x = normal(seed + name.hashCode(), v.size());
          for (int i = 0; i < x.length; i++) {
            x[i] *= scale;
          }
          out.put(name, x);
        });
    return out;
  }
}
