package dev.advect.nn;

import dev.advect.graph.Value;

/** Functions over the primitives that networks are made of. */
public final class Functions {
  private Functions() {}

  /**
   * W x + b, with parameters {@code weight} of [out, in] and {@code bias} of [out].
   *
   * @param x [..., in]
   * @return [..., out]
   */
  public static Value linear(Parameters parameters, Value x, int out) {
    int in = x.type().dim(x.type().rank() - 1);
    Value weight = parameters.get("weight", in, out, in);
    Value bias = parameters.get("bias", in, out);
    String lead = "abcdefgh".substring(0, x.type().rank() - 1);
    return x.dot(lead + "i", weight, "oi", lead + "o").plus(bias);
  }

  /** e^x / sum e^x along an axis. */
  public static Value softmax(Value x, int axis) {
    Value e = x.minus(along(x.maxOver(axis), x, axis)).exp();
    return e.over(along(e.sum(axis), x, axis));
  }

  /** ln sum e^x along an axis, which the result lacks. */
  public static Value logSumExp(Value x, int axis) {
    Value max = x.maxOver(axis);
    return x.minus(along(max, x, axis)).exp().sum(axis).log().plus(max);
  }

  /** (x - mean) / sqrt(variance + epsilon) along an axis, without scale and shift. */
  public static Value layerNorm(Value x, int axis, double epsilon) {
    Value centred = x.minus(along(x.mean(axis), x, axis));
    Value deviation = centred.square().mean(axis).plus(epsilon).sqrt();
    return centred.over(along(deviation, x, axis));
  }

  /** x / sqrt(mean x^2 + epsilon) along an axis, without scale. */
  public static Value rmsNorm(Value x, int axis, double epsilon) {
    return x.over(along(x.square().mean(axis).plus(epsilon).sqrt(), x, axis));
  }

  /** What was reduced along an axis of x, repeated along it again. */
  private static Value along(Value reduced, Value x, int axis) {
    return reduced.repeat(axis, x.type().dim(axis));
  }
}
