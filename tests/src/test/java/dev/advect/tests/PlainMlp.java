package dev.advect.tests;

import dev.advect.file.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A velocity field of SELU layers in plain double loops, built from nothing but the tensors of a
 * model file: what a stranger would write after reading how the file is laid out.
 *
 * @param layers the dense layers, in order
 */
record PlainMlp(List<Layer> layers) {
  private static final double SELU_SCALE = 1.0507009873554805;
  private static final double SELU_ALPHA = 1.6732632423543772;

  /**
   * A dense layer.
   *
   * @param weight [out, in]
   * @param bias [out]
   */
  record Layer(double[][] weight, double[] bias) {
    double[] apply(double[] x, boolean withBias) {
      double[] y = new double[bias.length];
      for (int o = 0; o < y.length; o++) {
        double sum = withBias ? bias[o] : 0;
        for (int i = 0; i < x.length; i++) {
          sum += weight[o][i] * x[i];
        }
        y[o] = sum;
      }
      return y;
    }
  }

  /**
   * A velocity and its divergence.
   *
   * @param velocity [dim]
   * @param divergence the trace of the Jacobian
   */
  record Flow(double[] velocity, double divergence) {}

  /**
   * Where a solve back from data to noise ended.
   *
   * @param x0 [dim]
   * @param change the integral of the divergence from noise to data
   */
  record Noise(double[] x0, double change) {
    /** log N(x0; 0, std^2 I). */
    double logBase(double std) {
      double squares = Arrays.stream(x0).map(x -> x * x).sum();
      return -squares / (2 * std * std) - x0.length * (Math.log(std) + 0.5 * Math.log(2 * Math.PI));
    }
  }

  /** The layers {@code field.layers.{i}.weight} and {@code .bias}, i from 0. */
  static PlainMlp of(Map<String, Tensor> tensors) {
    var layers = new ArrayList<Layer>();
    while (tensors.containsKey("field.layers.%d.weight".formatted(layers.size()))) {
      String name = "field.layers.%d.".formatted(layers.size());
      Tensor weight = tensors.get(name + "weight");
      int in = Math.toIntExact(weight.shape().get(1));
      float[] numbers = weight.floats();
      float[] bias = tensors.get(name + "bias").floats();
      double[][] rows = new double[bias.length][in];
      for (int i = 0; i < numbers.length; i++) {
        rows[i / in][i % in] = numbers[i];
      }
      double[] shift = new double[bias.length];
      Arrays.setAll(shift, i -> bias[i]);
      layers.add(new Layer(rows, shift));
    }
    return new PlainMlp(List.copyOf(layers));
  }

  /** Velocity and divergence at x and t; the last input is t. */
  Flow at(double[] x, double t) {
    int dim = x.length;
    double[] value = Arrays.copyOf(x, dim + 1);
    value[dim] = t;
    double[][] tangents = new double[dim][dim + 1];
    for (int d = 0; d < dim; d++) {
      tangents[d][d] = 1;
    }
    for (Layer layer : layers) {
      boolean last = layer == layers.getLast();
      double[] z = layer.apply(value, true);
      value = last ? z : Arrays.stream(z).map(PlainMlp::selu).toArray();
      for (int d = 0; d < dim; d++) {
        double[] moved = layer.apply(tangents[d], false);
        for (int o = 0; o < moved.length && !last; o++) {
          moved[o] *= seluSlope(z[o]);
        }
        tangents[d] = moved;
      }
    }
    double divergence = 0;
    for (int d = 0; d < dim; d++) {
      divergence += tangents[d][d];
    }
    return new Flow(value, divergence);
  }

  /** Euler's method from data to noise: for k = N..1, t = k/N: add h div v, then x -= h v. */
  Noise back(double[] x1, int steps) {
    double[] x = x1.clone();
    double change = 0;
    for (int k = steps; k >= 1; k--) {
      Flow flow = at(x, (double) k / steps);
      change += flow.divergence() / steps;
      for (int d = 0; d < x.length; d++) {
        x[d] -= flow.velocity()[d] / steps;
      }
    }
    return new Noise(x, change);
  }

  private static double selu(double z) {
    return SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z));
  }

  private static double seluSlope(double z) {
    return SELU_SCALE * (z > 0 ? 1 : SELU_ALPHA * Math.exp(z));
  }
}
