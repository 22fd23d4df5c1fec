package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.path.ScheduleChange;
import java.util.Optional;

/**
 * What moves points from noise to data: a field, and the path it was learnt on if there is one.
 *
 * <p>A continuous normalizing flow trained by likelihood has no path: it finds its own way from a
 * standard normal to the data.
 *
 * @param field the network
 * @param path p_t(x | x0, x1), for a field that was matched to one
 * @param prediction what the field's output means; anything but the velocity needs a path
 * @param independent whether noise and data were drawn independently of each other: then p_t is the
 *     law of scaled data plus Gaussian noise, and its score follows from the velocity
 */
public record Flow(
    Field field, Optional<GaussianPath> path, Prediction prediction, boolean independent) {
  /** Checks that the prediction can be converted to a velocity. */
  public Flow {
    if (prediction != Prediction.VELOCITY) {
      Schedule.of(
          path.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "a prediction of %s without a path".formatted(prediction))));
    }
  }

  /** The velocity of a path, with independent ends. */
  public static Flow along(GaussianPath path, Field field) {
    return new Flow(field, Optional.of(path), Prediction.VELOCITY, true);
  }

  /** A field that starts from a standard normal and goes its own way. */
  public static Flow free(Field field) {
    return new Flow(field, Optional.empty(), Prediction.VELOCITY, true);
  }

  /** The same for a field whose output means something else. */
  public Flow predicting(Prediction prediction) {
    return new Flow(field, path, prediction, independent);
  }

  /** The same for noise and data that were drawn together. */
  public Flow coupled() {
    return new Flow(field, path, prediction, false);
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
    return velocity(parameters, x, t, Optional.empty());
  }

  /**
   * v(x, t | c).
   *
   * @param condition sample[size]: the features of c; empty for no condition
   * @return sample[dim]
   */
  public Value velocity(Parameters parameters, Value x, Value t, Optional<Value> condition) {
    Value y =
        condition.isPresent()
            ? field.velocity(parameters, x, t, condition)
            : field.velocity(parameters, x, t);
    return prediction == Prediction.VELOCITY ? y : schedule().velocity(prediction, y, x, t);
  }

  /**
   * The score, the gradient of log p_t at x, without a condition; as that of a velocity, where the
   * field predicts something else.
   *
   * @return sample[dim]
   * @throws AdvectException if the velocity does not determine it
   */
  public Value score(Parameters parameters, Value x, Value t) {
    requireScore();
    return schedule().convert(prediction, Prediction.SCORE, field.velocity(parameters, x, t), x, t);
  }

  /**
   * Checks that the score follows from the velocity.
   *
   * @throws AdvectException that says why it does not
   */
  public void requireScore() {
    if (path.isEmpty()) {
      throw new AdvectException(
          "the model was trained by likelihood and has no path, so its score is not known",
          "sample along its velocity, or train with the objective flow-matching");
    }
    if (!independent) {
      throw new AdvectException(
          "the model was trained with noise coupled to the data: its velocity does not determine"
              + " the score",
          "sample along the velocity, or train with coupling: independent");
    }
    schedule();
  }

  /**
   * The schedule of the path.
   *
   * @throws AdvectException if it has none
   */
  public Schedule schedule() {
    return Schedule.of(path.orElseThrow());
  }

  /**
   * The same flow run on the schedule of another path: samples and densities are the same, but for
   * the error of the steps, which lie elsewhere.
   *
   * @throws AdvectException if one of the paths has no schedule
   */
  public Flow on(GaussianPath other) {
    if (path.isEmpty()) {
      throw new AdvectException(
          "the model was trained by likelihood and has no path whose schedule could be changed",
          "leave the schedule as it is");
    }
    var change = new ScheduleChange(schedule(), Schedule.of(other));
    return new Flow(
        new Rescheduled(this, change), Optional.of(other), Prediction.VELOCITY, independent);
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
    Value conditional = velocity(parameters, x, t, Optional.of(condition));
    return w == 1
        ? conditional
        : velocity(parameters, x, t).times(1 - w).plus(conditional.times(w));
  }
}
