package dev.advect.nn;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Small networks of the kinds that a per-sample engine must carry, as programs for any backend. */
public final class Models {
  /**
   * A network with a loss at its end.
   *
   * @param name what it is
   * @param loss builds the shared scalar loss from per-sample inputs and parameters
   */
  public record Model(String name, Function<Parameters, Value> loss) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Models() {}

  /** All of them; their per-sample inputs are {@code x} and, for the graph network, {@code h}. */
  public static List<Model> all() {
    return List.of(
        new Model("attention", Models::attentionLoss),
        new Model("egnn", Models::egnnLoss),
        new Model("batch norm", Models::batchNormLoss));
  }

  private static Value attentionLoss(Parameters p) {
    Value x = p.trace().input("x", ValueType.sample(3, 4));
    return attention(p, x, 2).square().mean().meanSamples();
  }

  private static Value egnnLoss(Parameters p) {
    Trace g = p.trace();
    Value x = g.input("x", ValueType.sample(4, 3));
    Value h = g.input("h", ValueType.sample(4, 2));
    List<Value> moved = egnn(p, x, h, 5);
    Value loss = moved.getFirst().square().mean().plus(moved.getLast().square().mean());
    return loss.meanSamples();
  }

  private static Value batchNormLoss(Parameters p) {
    Value x = p.trace().input("x", ValueType.sample(3));
    Value hidden = Functions.linear(p.in("in"), x, 4);
    Value normed = batchNorm(p.in("norm"), hidden);
    return Functions.linear(p.in("out"), normed.tanh(), 2).square().mean().meanSamples();
  }

  /**
   * A transformer block: x + attention(norm(x)), then x + mlp(norm(x)).
   *
   * @param x sample[tokens, channels]
   */
  public static Value attention(Parameters p, Value x, int heads) {
    int tokens = x.type().dim(0);
    int channels = x.type().dim(1);
    int width = channels / heads;
    Value normed = Functions.layerNorm(x, 1, 1e-5);
    Value q = Functions.linear(p.in("q"), normed, channels).reshape(tokens, heads, width);
    Value k = Functions.linear(p.in("k"), normed, channels).reshape(tokens, heads, width);
    Value v = Functions.linear(p.in("v"), normed, channels).reshape(tokens, heads, width);
    Value scores = q.dot("ihc", k, "jhc", "hij").times(1 / Math.sqrt(width));
    Value mixed = Functions.softmax(scores, 2).dot("hij", v, "jhc", "ihc");
    Value y = x.plus(Functions.linear(p.in("o"), mixed.reshape(tokens, channels), channels));
    Value inner = Functions.linear(p.in("up"), Functions.rmsNorm(y, 1, 1e-5), 2 * channels);
    return y.plus(Functions.linear(p.in("down"), Activation.GELU.apply(inner), channels));
  }

  /**
   * A layer of an equivariant graph network (Satorras, Hoogeboom and Welling 2021, equations 3 to
   * 6) on a complete graph.
   *
   * @param x sample[nodes, 3], positions
   * @param h sample[nodes, features]
   * @return positions and features after the layer
   */
  public static List<Value> egnn(Parameters p, Value x, Value h, int width) {
    Trace g = x.trace();
    int n = x.type().dim(0);
    Value difference = x.repeat(1, n).minus(x.repeat(0, n)); // [i, j, 3]: x_i - x_j
    Value distance = difference.square().sum(2).reshape(n, n, 1);
    Value pair = g.concat(2, h.repeat(1, n), h.repeat(0, n), distance);
    Value inner = Activation.SILU.apply(Functions.linear(p.in("edge.0"), pair, width));
    Value message = Activation.SILU.apply(Functions.linear(p.in("edge.1"), inner, width));
    Value weight = Functions.linear(p.in("position"), message, 1).reshape(n, n);
    Value moved = x.plus(difference.times(weight.repeat(2, 3)).sum(1).times(1.0 / (n - 1)));
    Value other = g.ones(ValueType.shared(n, n)).minus(g.identity(n)); // no message to oneself
    Value received = message.times(other.repeat(2, width)).sum(1);
    Value features = Functions.linear(p.in("node"), g.concat(1, h, received), h.type().dim(1));
    return new ArrayList<>(List.of(moved, h.plus(features)));
  }

  /** (x - mean) / sqrt(variance + 1e-5) over the samples of the batch, with gain and bias. */
  public static Value batchNorm(Parameters p, Value x) {
    int width = x.size();
    Value centred = x.minus(x.meanSamples());
    Value variance = centred.square().meanSamples();
    Value gain = p.get("gain", new Initial.Constant(1), width);
    Value bias = p.get("bias", new Initial.Constant(0), width);
    return centred.over(variance.plus(1e-5).sqrt()).times(gain).plus(bias);
  }
}
