package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.Custom;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.PathSample;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.path.SchroedingerBridge;
import dev.advect.path.TimeLaw;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.verify.DiffusionIdentities.Diffusion;
import dev.advect.verify.WrongVariants.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Wrong draws, paths, schedules and oracles. */
final class WrongPaths {
  private final List<Variant> all = new ArrayList<>();

  private WrongPaths() {}

  static List<Variant> all() {
    var variants = new WrongPaths();
    variants.draws();
    variants.paths();
    variants.schedules();
    variants.oracles();
    variants.diffusions();
    return variants.all;
  }

  private void add(String mistake, Identity identity) {
    all.add(new Variant(mistake, identity));
  }

  // ------------------------------------------------------------------ draws

  private void draws() {
    draw("random.uniform", "the larger of two", g -> g.uniform(2).max(g.uniform(3)), t -> t);
    draw(
        "random.normal",
        "the standard deviation is 10% too large",
        g -> g.normal(2).times(1.1),
        DrawIdentities::normal);
    add(
        "the power law is a = 0.25",
        DrawIdentities.time("uniform", new TimeLaw.Power(0.25), t -> t));
    // The exponent of the draw taken for that of the density, as a paper prints it.
    add(
        "the density is t^(1/(1+a))",
        DrawIdentities.time("power.4", new TimeLaw.Power(0.2), t -> DrawIdentities.power(t, 5)));
    add(
        "the draw is U^(1+a)",
        DrawIdentities.time("power.-0.5", new TimeLaw.Power(1), t -> DrawIdentities.power(t, 0.5)));
    add(
        "the mean has the wrong sign",
        DrawIdentities.time(
            "logit-normal",
            new TimeLaw.LogitNormal(-0.5, 0.75),
            t -> DrawIdentities.logitNormal(t, 0.5, 0.75)));
    add("every sample for itself", DrawIdentities.stratified(g -> g.uniform(Purpose.TIME)));
  }

  private void draw(
      String name, String mistake, Function<Trace, Value> draw, UnaryOperator<Value> cumulated) {
    add(mistake, DrawIdentities.distribution(name, "drawn", draw, cumulated, "nobody"));
  }

  // ------------------------------------------------------------------ paths

  /** The points of one path with the targets of another. */
  private record Crossed(GaussianPath points, GaussianPath targets) implements GaussianPath {
    @Override
    public Value mean(Value t, Value x0, Value x1) {
      return points.mean(t, x0, x1);
    }

    @Override
    public Value std(Value t) {
      return points.std(t);
    }

    @Override
    public PathSample sample(Value t, Value x0, Value x1, Value eps) {
      Value xt = points.sample(t, x0, x1, eps).xt();
      return new PathSample(t, x0, x1, xt, targets.sample(t, x0, x1, eps).velocity());
    }

    @Override
    public String json() {
      return points.json();
    }
  }

  private void paths() {
    velocity("icfm", "the target is that of ot", new Icfm(0.1), new ConditionalOt(0.1));
    velocity("ot", "1 - sigma is missing", new ConditionalOt(0.1), new ConditionalOt(0));
    velocity("cosine", "the derivative is that of a line", new Cosine(0.25), new Icfm(0.25));
    velocity(
        "vp", "another beta", VariancePreserving.standard(), new VariancePreserving(0.1, 19.99));
    velocity(
        "ve",
        "another sigmaMax",
        new VarianceExploding(0.01, 5),
        new VarianceExploding(0.01, 4.99));
    velocity("sb", "the bridge stands still", new SchroedingerBridge(0.5), new Icfm(0.5));
    velocity(
        "formula.ot",
        "1 - sigma is missing",
        new Custom("t*x1", "1-(1-0.01)*t"),
        new ConditionalOt(0));
    velocity(
        "function",
        "the derivative of the mean is that of a line",
        GaussianPath.of("s", (t, _, x1) -> t.square().times(x1), t -> t.times(-0.99).plus(1)),
        new ConditionalOt(0.01));
    velocity(
        "formula",
        "the derivative of std is missing",
        new Custom("t^2*x1 + (1-t^2)*x0", "0.5*sqrt(1+t)*(1-t)"),
        new Custom("t^2*x1 + (1-t^2)*x0", "0.5"));
    marginal("sb", new SchroedingerBridge(2), new Icfm(2), new Interpolant.Linear(0, 4));
    marginal("icfm", new Icfm(0.25), new ConditionalOt(0), new Interpolant.Linear(0.0625, 0));
    marginal(
        "ot",
        new ConditionalOt(0.125),
        new ConditionalOt(0.25),
        new Interpolant.ConditionalOt(0.125));
    marginal("cosine", new Cosine(0.25), new Icfm(0.25), new Interpolant.Trigonometric(0.0625));
    marginal(
        "vp",
        new VariancePreserving(0.125, 8),
        new VariancePreserving(0.125, 7),
        new Interpolant.VariancePreserving(0.125, 8));
    marginal(
        "ve",
        new VarianceExploding(0.125, 4),
        new VarianceExploding(0.125, 3.75),
        new Interpolant.VarianceExploding(0.125, 4));
  }

  private void velocity(String name, String mistake, GaussianPath points, GaussianPath targets) {
    add(mistake, PathIdentities.velocity(name, new Crossed(points, targets)));
  }

  private void marginal(
      String name, GaussianPath points, GaussianPath targets, Interpolant interpolant) {
    add(
        "the target is that of another path",
        PathIdentities.marginal(name, new Crossed(points, targets), interpolant));
  }

  // ------------------------------------------------------------------ schedules

  private void schedules() {
    double[] linear = {0.3, 0.7, 1, -1};
    golden("linear", "sigma's derivative has the wrong sign", new Icfm(0), 0.3, 0.7, 1, 1);
    golden("cosine", "a line", new Cosine(0), linear);
    golden("cubic", "a line", new Custom("t^3*x1", "1-t^3"), linear);
    golden("linear-vp", "a line", new Custom("t*x1", "sqrt(1-t^2)"), linear);
    golden("vp", "a line", VariancePreserving.standard(), linear);
    golden("ve", "a line", new VarianceExploding(0.01, 5), linear);
    for (String name : List.of("linear", "ot", "vp", "ve", "cubic")) {
      add(
          "the time of another schedule",
          ScheduleIdentities.inverse(name, Schedule.of(new Icfm(0))::time, new Cosine(0)));
    }
    add(
        "the ratio is turned over",
        ScheduleIdentities.inverse(
            "cosine",
            (alpha, sigma) -> Schedule.of(new Cosine(0)).time(sigma, alpha),
            new Cosine(0)));
    for (var one : ScheduleIdentities.cases()) {
      add(
          "the score has the wrong sign",
          ScheduleIdentities.conversion(
              one,
              (from, to, y, x, t) -> {
                Value found = Schedule.of(one.path()).convert(from, to, y, x, t);
                return to == Prediction.SCORE && from != to ? found.neg() : found;
              }));
    }
    for (var pair : ScheduleIdentities.pairs()) {
      add(
          "the velocity as it is at the same time",
          ScheduleIdentities.change(pair[0], pair[1], BinaryOperator::apply));
    }
  }

  private void golden(String name, String mistake, GaussianPath path, double... expected) {
    add(mistake, ScheduleIdentities.golden(name, path, expected));
  }

  // ------------------------------------------------------------------ oracles

  private void oracles() {
    var flow = OracleIdentities.graph(GaussianMixtureFlow.plane());
    for (String name : List.of("bridge", "cosine", "ot", "vp", "ve")) {
      add("the velocity is 1e-6 too large", OracleIdentities.continuity(name, fast(flow)));
      add("the score has the wrong sign", OracleIdentities.score(name, flipped(flow)));
      add("the score has the wrong sign", OracleIdentities.forms(name, flow, flipped(flow)));
    }
  }

  private static OracleIdentities.Marginals fast(OracleIdentities.Marginals flow) {
    return new Changed(flow, 1 + 1e-6, 1);
  }

  private static OracleIdentities.Marginals flipped(OracleIdentities.Marginals flow) {
    return new Changed(flow, 1, -1);
  }

  private record Changed(OracleIdentities.Marginals flow, double speed, double sign)
      implements OracleIdentities.Marginals {
    @Override
    public double logDensity(double[] x, double t) {
      return flow.logDensity(x, t);
    }

    @Override
    public double[] velocity(double[] x, double t) {
      return scaled(flow.velocity(x, t), speed);
    }

    @Override
    public double[] score(double[] x, double t) {
      return scaled(flow.score(x, t), sign);
    }
  }

  private static double[] scaled(double[] x, double factor) {
    double[] y = x.clone();
    for (int k = 0; k < y.length; k++) {
      y[k] *= factor;
    }
    return y;
  }

  // ------------------------------------------------------------------ diffusions

  private void diffusions() {
    Diffusion vp = DiffusionIdentities.variancePreservingDiffusion();
    add(
        "twice the noise, as in the equation without its half",
        DiffusionIdentities.probabilityFlow(
            "vp",
            DiffusionIdentities.variancePreserving(),
            new Diffusion(vp.rate(), tau -> 2 * vp.g2().applyAsDouble(tau))));
    Diffusion ve = DiffusionIdentities.varianceExplodingDiffusion();
    add(
        "the time runs from noise to data",
        DiffusionIdentities.probabilityFlow(
            "ve",
            DiffusionIdentities.varianceExploding(),
            new Diffusion(ve.rate(), tau -> ve.g2().applyAsDouble(1 - tau))));
    for (String name : List.of("linear", "vp", "ve")) {
      add(
          "the score is that of another schedule",
          DiffusionIdentities.marginals(
              name,
              DiffusionIdentities.sampler(
                  new OracleField(OracleField.linear()).along(new Cosine(0)),
                  new Solver.EulerMaruyama(50, 2))));
    }
    add(
        "two steps of Euler's method",
        DiffusionIdentities.marginals(
            "ode",
            DiffusionIdentities.sampler(
                new OracleField(OracleField.linear()).model(), Solver.euler(2))));
  }
}
