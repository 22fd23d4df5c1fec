package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Topology;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A conditional Gaussian path p_t(x | x0, x1) = N(mean(t, x0, x1), std(t)^2 I), from noise at t = 0
 * to data at t = 1.
 *
 * <p>A point of it is x_t = mean + std eps with a standard normal eps, and its velocity is u_t =
 * d/dt mean + (d/dt std) eps. This is the only velocity of the form that generates the path (Lipman
 * et al. 2023, arXiv 2210.02747, theorem 3), written without a division so that it stays finite
 * where std is 0. Authors of paths write no derivatives: they are taken by forward-mode
 * differentiation.
 */
public interface GaussianPath {
  /**
   * The mean of the path.
   *
   * @param t sample[]
   * @param x0 sample[dim], a point of the source; a path may do without it
   * @param x1 sample[dim], a point of the data
   * @return sample[dim]
   */
  Value mean(Value t, Value x0, Value x1);

  /** The mean of a path as a function: (sample[], sample[dim], sample[dim]) to sample[dim]. */
  @FunctionalInterface
  interface Mean {
    /** The mean at time t between x0 and x1. */
    Value at(Value t, Value x0, Value x1);
  }

  /**
   * A path of one's own, from noise of standard deviation 1, for example {@code of("mine", (t, x0,
   * x1) -> t.square().times(x1), t -> t.times(-0.99).plus(1))}.
   *
   * @param name what descriptions call it
   * @param mean its mean, which may leave x0 out
   * @param std its standard deviation, of a sample[] to a sample[] or shared[]
   */
  static FunctionPath of(String name, Mean mean, UnaryOperator<Value> std) {
    return new FunctionPath(name, mean, std, 1, TimeInterval.whole());
  }

  /** sample[] or shared[]: the standard deviation of the path at time t. */
  Value std(Value t);

  /** The path as a JSON object with a member {@code kind}, kept beside the weights. */
  String json();

  /**
   * The standard deviation of the Gaussian a sampler starts from, and log p0 is of: 1 but for paths
   * that end, at t = 0, in wider noise.
   */
  default double baseStd() {
    return 1;
  }

  /** The times of training, where the velocity is finite. */
  default TimeInterval times() {
    return TimeInterval.whole();
  }

  /**
   * The time at which the path, if it is affine, has the signal-to-noise ratio of two numbers; in
   * closed form, and empty if there is none. {@link Schedule#time} clamps the answer.
   *
   * @param alpha sample[], the factor of the data
   * @param sigma sample[], the factor of the noise; one of the two may be 0
   * @return sample[]
   */
  default Optional<Value> timeOf(Value alpha, Value sigma) {
    return Optional.empty();
  }

  /** Whether x0 matters; if not the noise of the path itself is the source. */
  default boolean usesSource() {
    var trace = new Trace();
    Value t = trace.input("t", ValueType.sample());
    Value x0 = trace.input("x0", ValueType.sample(1));
    Value x1 = trace.input("x1", ValueType.sample(1));
    return Topology.order(List.of(mean(t, x0, x1))).contains(x0);
  }

  /**
   * The point x_t = mean + std eps and its velocity.
   *
   * @param t sample[]
   * @param x0 sample[dim]
   * @param x1 sample[dim]
   * @param eps sample[dim], standard normal
   */
  default PathSample sample(Value t, Value x0, Value x1, Value eps) {
    Value mean = mean(t, x0, x1);
    Value std = std(t);
    Value dt = t.trace().ones(t.type());
    List<Value> rates = Autodiff.jvp(List.of(mean, std), List.of(t), List.of(dt));
    Value xt = mean.plus(std.times(eps));
    Value velocity = rates.getFirst().plus(rates.getLast().times(eps));
    return new PathSample(t, x0, x1, xt, velocity);
  }

  /**
   * The path of a description made by {@link #json()}.
   *
   * @throws AdvectException if the description is broken or of an unknown kind
   */
  static GaussianPath fromJson(String json) {
    JsonObject object = JsonObject.parse("path", json);
    return switch (object.kind()) {
      case "icfm" -> Icfm.of(object);
      case "ot" -> ConditionalOt.of(object);
      case "cosine" -> Cosine.of(object);
      case "vp" -> VariancePreserving.of(object);
      case "ve" -> VarianceExploding.of(object);
      case "sb" -> SchroedingerBridge.of(object);
      case "custom" -> Custom.of(object);
      case FunctionPath.KIND ->
          throw new AdvectException(
              "the path '%s' was given as functions, which no file can hold"
                  .formatted(object.text("name")),
              "open the model from Java: FlowModel.load(file, fields, paths)");
      default ->
          throw new AdvectException(
              "there is no path of the kind '%s'".formatted(object.kind()),
              "known kinds: icfm, ot, cosine, vp, ve, sb, custom");
    };
  }
}
