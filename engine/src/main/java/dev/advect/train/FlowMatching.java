package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.coupling.Coupling;
import dev.advect.coupling.Coupling.Pair;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.FunctionPath;
import dev.advect.path.GaussianPath;
import dev.advect.path.PathSample;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.path.TimeLaw;
import dev.advect.random.Purpose;
import java.util.Optional;

/**
 * Flow matching: a field is fitted to the velocity of a conditional path between coupled points, or
 * to another quantity that determines it.
 *
 * @param field the network
 * @param path p_t(x | x0, x1), with its target velocity u_t
 * @param coupling q(x0, x1)
 * @param time how t is drawn
 * @param prediction what the field is fitted to
 */
public record FlowMatching(
    Field field, GaussianPath path, Coupling coupling, TimeLaw time, Prediction prediction)
    implements Objective {
  /** Refuses a path that is none, and a coupling that path or prediction cannot do with. */
  public FlowMatching {
    if (path instanceof FunctionPath functions) {
      FunctionCheck.require(functions);
    }
    requireDetermined(path, coupling, prediction);
    if (!path.usesSource() && !isIndependent(coupling)) {
      throw new AdvectException(
          "the path %s draws its own noise and ignores the source points of the coupling %s"
              .formatted(path.json(), coupling.json()),
          "use the coupling independent, or a path with a source, such as icfm");
    }
  }

  /**
   * A prediction must determine the velocity. With independent ends each does. With coupled ends x1
   * still does where the path has no noise of its own, since x0 then follows from x_t and x1.
   */
  private static void requireDetermined(
      GaussianPath path, Coupling coupling, Prediction prediction) {
    if (prediction == Prediction.VELOCITY) {
      return;
    }
    Schedule schedule = Schedule.of(path);
    boolean exact = prediction == Prediction.X1 && !schedule.addsNoise();
    if (!isIndependent(coupling) && !exact) {
      throw new AdvectException(
          "a prediction of %s does not determine the velocity of the path %s with the coupling %s: %s"
              .formatted(
                  prediction,
                  path.json(),
                  coupling.json(),
                  prediction == Prediction.X1
                      ? "source and noise of the path cannot be told apart"
                      : "noise that is coupled to the data is not what p_t is smoothed with"),
          "predict the velocity, or use the coupling independent");
    }
  }

  private static boolean isIndependent(Coupling coupling) {
    return coupling.equals(Coupling.independent());
  }

  /** With noise that is independent of the data, at uniform times, fitted to the velocity. */
  public static FlowMatching of(Field field, GaussianPath path) {
    return new FlowMatching(
        field, path, Coupling.independent(), TimeLaw.uniform(), Prediction.VELOCITY);
  }

  /** The same with another coupling. */
  public FlowMatching withCoupling(Coupling coupling) {
    return new FlowMatching(field, path, coupling, time, prediction);
  }

  /** The same with times drawn otherwise. */
  public FlowMatching withTime(TimeLaw time) {
    return new FlowMatching(field, path, coupling, time, prediction);
  }

  /** The same for a field that predicts something else. */
  public FlowMatching predicting(Prediction prediction) {
    return new FlowMatching(field, path, coupling, time, prediction);
  }

  @Override
  public Flow flow() {
    return new Flow(field, Optional.of(path), prediction, isIndependent(coupling));
  }

  /**
   * The loss of conditional flow matching (Lipman et al. 2023, arXiv 2210.02747, equation 9), per
   * sample and as a mean over dimensions: |v(x_t, t) - u_t|^2 / dim, for t from its law, (x0, x1)
   * from the coupling and x_t from the path; a conditional field sees the condition of x1, or none.
   *
   * <p>For another prediction it is |y - x1|^2, |y - eps|^2 or, with the score weighted like the
   * noise, |sigma_t y + eps|^2, where x_t = alpha_t x1 + sigma_t eps.
   */
  @Override
  public Loss loss(Parameters parameters, TrainingRows rows) {
    Trace g = parameters.trace();
    Value t = time.draw(g, path.times());
    Pair pair = coupling.pair(rows.data());
    Value x1 = rows.point(pair.x1());
    Value eps = g.normal(Purpose.PATH_NOISE, field.dim());
    PathSample point = path.sample(t, pair.x0(), x1, eps);
    Value y = field.velocity(parameters, point.xt(), t, rows.condition(pair.row()));
    Value error =
        switch (prediction) {
          case VELOCITY -> y.minus(point.velocity());
          case X1 -> y.minus(x1);
          case NOISE -> y.minus(Schedule.of(path).noise(t, pair.x0(), eps));
          case SCORE -> {
            Schedule schedule = Schedule.of(path);
            yield schedule.sigma(t).times(y).plus(schedule.noise(t, pair.x0(), eps));
          }
        };
    return Loss.of(error.square().mean());
  }
}
