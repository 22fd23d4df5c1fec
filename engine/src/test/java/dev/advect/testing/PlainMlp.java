package dev.advect.testing;

import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import java.util.Map;

/** The velocity of a multilayer perceptron in plain loops, to compare traced ones with. */
public record PlainMlp(Mlp mlp, Map<String, double[]> weights) {

  /** v(x, t) for one sample. */
  public double[] velocity(double[] x, double t) {
    int dim = x.length;
    double[] h = new double[dim + mlp.time().size()];
    System.arraycopy(x, 0, h, 0, dim);
    h[dim] = t;
    for (int k = 1; 2 * k < mlp.time().size(); k++) {
      h[dim + k] = Math.cos(k * Math.PI * t);
      h[dim + 3 + k] = Math.sin(k * Math.PI * t);
    }
    int layers = mlp.hidden().size() + 1;
    for (int i = 0; i < layers; i++) {
      int out = i < layers - 1 ? mlp.hidden().get(i) : dim;
      double[] w = weights.get("field.layers." + i + ".weight");
      double[] b = weights.get("field.layers." + i + ".bias");
      double[] next = new double[out];
      for (int o = 0; o < out; o++) {
        next[o] = b[o];
        for (int k = 0; k < h.length; k++) {
          next[o] += w[o * h.length + k] * h[k];
        }
        if (i < layers - 1) {
          next[o] = activation(mlp.activation(), next[o]);
        }
      }
      h = next;
    }
    return h;
  }

  /** div v(x, t) for one sample, by central differences. */
  public double divergence(double[] x, double t) {
    // So small, because SELU and RELU have no derivative at 0.
    double h = 1e-8;
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double[] above = x.clone();
      double[] below = x.clone();
      above[i] += h;
      below[i] -= h;
      sum += (velocity(above, t)[i] - velocity(below, t)[i]) / (2 * h);
    }
    return sum;
  }

  /** An activation in double. */
  public static double activation(Activation a, double x) {
    return switch (a) {
      case SELU -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
      case SILU -> x / (1 + Math.exp(-x));
      case GELU -> 0.5 * x * (1 + dev.advect.backend.reference.Special.erf(x / Math.sqrt(2)));
      case TANH -> Math.tanh(x);
      case SOFTPLUS -> x > 30 ? x : Math.log1p(Math.exp(x));
      case RELU -> Math.max(x, 0);
      case ELU -> x > 0 ? x : Math.expm1(x);
    };
  }
}
