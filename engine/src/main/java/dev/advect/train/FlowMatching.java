package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.coupling.Coupling;
import dev.advect.coupling.Coupling.Pair;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.path.PathSample;
import dev.advect.path.TimeLaw;
import dev.advect.random.Purpose;

/**
 * Flow matching: a field is fitted to the velocity of a conditional path between coupled points.
 *
 * @param field v(x, t), the network
 * @param path p_t(x | x0, x1), with its target velocity u_t
 * @param coupling q(x0, x1)
 * @param time how t is drawn
 */
public record FlowMatching(Field field, GaussianPath path, Coupling coupling, TimeLaw time)
    implements Objective {
  /** Refuses a coupling whose source points the path would ignore. */
  public FlowMatching {
    if (!path.usesSource() && !coupling.equals(Coupling.independent())) {
      throw new AdvectException(
          "the path %s draws its own noise and ignores the source points of the coupling %s"
              .formatted(path.json(), coupling.json()),
          "use the coupling independent, or a path with a source, such as icfm");
    }
  }

  /** With noise that is independent of the data, at uniform times. */
  public static FlowMatching of(Field field, GaussianPath path) {
    return new FlowMatching(field, path, Coupling.independent(), TimeLaw.uniform());
  }

  /** The same with another coupling. */
  public FlowMatching withCoupling(Coupling coupling) {
    return new FlowMatching(field, path, coupling, time);
  }

  /** The same with times drawn otherwise. */
  public FlowMatching withTime(TimeLaw time) {
    return new FlowMatching(field, path, coupling, time);
  }

  @Override
  public Flow flow() {
    return Flow.along(path, field);
  }

  /**
   * The loss of conditional flow matching (Lipman et al. 2023, arXiv 2210.02747, equation 9), per
   * sample and as a mean over dimensions: |v(x_t, t) - u_t|^2 / dim, for t from its law, (x0, x1)
   * from the coupling and x_t from the path; a conditional field sees the condition of x1, or none.
   */
  @Override
  public Loss loss(Parameters parameters, TrainingRows rows) {
    Trace g = parameters.trace();
    Value t = time.draw(g, path.times());
    Pair pair = coupling.pair(rows.data());
    Value eps = g.normal(Purpose.PATH_NOISE, field.dim());
    PathSample point = path.sample(t, pair.x0(), rows.point(pair.x1()), eps);
    Value v = field.velocity(parameters, point.xt(), t, rows.condition(pair.row()));
    return Loss.of(v.minus(point.velocity()).square().mean());
  }
}
