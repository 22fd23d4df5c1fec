package dev.advect.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Op;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Gradients by definition, to compare derived ones with. */
public final class CentralDifferences {
  private CentralDifferences() {}

  /**
   * The gradient of f with respect to one of its arrays, (f(x+h) - f(x-h)) / 2h element by element.
   */
  public static double[] gradient(
      ToDoubleFunction<Map<String, double[]>> f,
      Map<String, double[]> inputs,
      String name,
      double h) {
    var moved = new HashMap<>(inputs);
    double[] gradient = new double[inputs.get(name).length];
    for (int i = 0; i < gradient.length; i++) {
      double[] x = inputs.get(name).clone();
      moved.put(name, x);
      x[i] = inputs.get(name)[i] + h;
      double above = f.applyAsDouble(moved);
      x[i] = inputs.get(name)[i] - h;
      double below = f.applyAsDouble(moved);
      gradient[i] = (above - below) / (2 * h);
    }
    return gradient;
  }

  /** The sum over the samples of a scalar value, or the scalar itself if it is shared. */
  public static double total(Value scalar, Map<String, double[]> inputs, Slice slice, long seed) {
    double sum = 0;
    for (double v : Interpreter.evaluate(List.of(scalar), inputs, slice, seed).get(scalar)) {
      sum += v;
    }
    return sum;
  }

  /**
   * Asserts that the derived gradient of a scalar agrees with central differences for every input.
   *
   * @return how many numbers were compared
   */
  public static int check(
      Value scalar,
      List<Value> xs,
      Map<String, double[]> inputs,
      Slice slice,
      long seed,
      double tolerance) {
    List<Value> gradients = Autodiff.gradient(scalar, xs);
    Map<Value, double[]> derived =
        Interpreter.evaluate(new ArrayList<>(gradients), inputs, slice, seed);
    int compared = 0;
    for (int i = 0; i < xs.size(); i++) {
      String name = ((Op.Source.Input) xs.get(i).op()).name();
      double[] expected = gradient(moved -> total(scalar, moved, slice, seed), inputs, name, 1e-5);
      double[] actual = derived.get(gradients.get(i));
      double scale = 1e-3;
      for (double e : expected) {
        scale = Math.max(scale, Math.abs(e));
      }
      assertThat(actual).hasSameSizeAs(expected);
      for (int k = 0; k < expected.length; k++) {
        assertThat(actual[k])
            .as("derivative by %s[%d]", name, k)
            .isCloseTo(expected[k], org.assertj.core.data.Offset.offset(tolerance * scale));
        compared++;
      }
    }
    return compared;
  }
}
