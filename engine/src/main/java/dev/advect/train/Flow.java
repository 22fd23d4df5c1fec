package dev.advect.train;

import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import java.util.Optional;

/**
 * What moves points from noise to data: a field, and the path it was learnt on if there is one.
 *
 * <p>A continuous normalizing flow trained by likelihood has no path: it finds its own way from a
 * standard normal to the data.
 *
 * @param field the network
 * @param path p_t(x | x0, x1), for a field that matches the velocity of one
 */
public record Flow(Field field, Optional<GaussianPath> path) {
  /** A field that was learnt on a path. */
  public static Flow along(GaussianPath path, Field field) {
    return new Flow(field, Optional.of(path));
  }

  /** A field that starts from a standard normal and goes its own way. */
  public static Flow free(Field field) {
    return new Flow(field, Optional.empty());
  }

  /** The dimension of the space it moves points in. */
  public int dim() {
    return field.dim();
  }

  /** The standard deviation of the Gaussian that samplers start from, and log p_0 is of. */
  public double baseStd() {
    return path.map(GaussianPath::baseStd).orElse(1.0);
  }

  /**
   * v(x, t), in dx/dt = v(x, t), without a condition.
   *
   * @param parameters where the field's weights come from
   * @param x sample[dim]
   * @param t sample[], from 0 (noise) to 1 (data)
   * @return sample[dim]
   */
  public Value velocity(Parameters parameters, Value x, Value t) {
    return field.velocity(parameters, x, t);
  }

  /**
   * The field under classifier-free guidance (Ho and Salimans 2022, arXiv 2207.12598; for
   * velocities Zheng et al. 2023, arXiv 2311.13443): v_w(x, t) = (1 - w) v(x, t) + w v(x, t | c).
   * So w = 1 is v(x, t | c) itself, w = 0 the field without a condition, and w above 1 exaggerates
   * what the condition changes.
   *
   * @param condition sample[size]: the features of c
   * @param w the weight of guidance
   * @return sample[dim]
   */
  public Value guided(Parameters parameters, Value x, Value t, Value condition, double w) {
    if (w == 0) {
      return velocity(parameters, x, t);
    }
    Value conditional = field.velocity(parameters, x, t, Optional.of(condition));
    return w == 1
        ? conditional
        : velocity(parameters, x, t).times(1 - w).plus(conditional.times(w));
  }
}
