package dev.advect.verify;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Backend;
import dev.advect.backend.Slice;
import dev.advect.coupling.Coupling;
import dev.advect.coupling.Planner;
import dev.advect.file.Tensor;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.oracle.GaussianFlow;
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
import dev.advect.solve.EmbeddedTableau;
import dev.advect.solve.Solve;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.TrainingState;
import dev.advect.transport.Assignment;
import dev.advect.transport.Costs;
import dev.advect.transport.EntropicPlan;
import dev.advect.type.ValueType;
import dev.advect.verify.DiffusionIdentities.Diffusion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** For every law the same measurement of something that is wrong. */
final class WrongVariants {
  /**
   * A law asked of something that breaks it.
   *
   * @param mistake what is wrong with it
   * @param identity the law
   */
  record Variant(String mistake, Identity identity) {
    @Override
    public String toString() {
      return identity.name() + ": " + mistake;
    }
  }

  private final List<Variant> all = new ArrayList<>();

  private WrongVariants() {}

  static List<Variant> all() {
    var variants = new WrongVariants();
    variants.draws();
    variants.paths();
    variants.schedules();
    variants.oracles();
    variants.diffusions();
    variants.solvers();
    variants.divergences();
    variants.likelihoods();
    variants.gaussians();
    variants.transports();
    variants.couplings();
    variants.devices();
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
  }

  // ------------------------------------------------------------------ solvers

  private void solvers() {
    add(
        "the stage is at the end of the step",
        SolverIdentities.order(renamed("euler", Tableau.MIDPOINT), 1));
    add("there is one stage", SolverIdentities.order(renamed("midpoint", Tableau.EULER), 2));
    add("there is one stage", SolverIdentities.order(renamed("heun", Tableau.EULER), 2));
    for (Tableau method : List.of(Tableau.RK4, Tableau.RK4_38)) {
      // The sums that a tableau checks hold; the conditions of order 3 do not.
      var equal = List.of(0.25, 0.25, 0.25, 0.25);
      add(
          "all weights are equal",
          SolverIdentities.order(new Tableau(method.name(), method.a(), equal, method.c(), 4), 4));
    }
    EmbeddedTableau pair = EmbeddedTableau.DORMAND_PRINCE;
    Tableau kept = pair.method();
    var other = new Tableau("other", kept.a(), pair.embedded(), kept.c(), 4);
    add("the weights of the other method", SolverIdentities.plainOrder("dopri5", other, 5));
    add("the weights of the other method", SolverIdentities.plainOrder("dopri5.embedded", kept, 4));
    for (double tolerance : new double[] {1e-3, 1e-5}) {
      add(
          "a tolerance 100 times larger",
          SolverIdentities.adaptive(tolerance, Solver.dopri5(100 * tolerance, 100 * tolerance)));
    }
    add("256 steps of Euler's method", SolverIdentities.limit(Tableau.EULER));
  }

  private static Tableau renamed(String name, Tableau method) {
    return new Tableau(name, method.a(), method.b(), method.c(), method.order());
  }

  // ------------------------------------------------------------------ divergences

  private void divergences() {
    add("twice the divergence", DivergenceIdentities.exact((v, x) -> exact(v, x).times(2)));
    add(
        "the sum over the probes is not divided",
        DivergenceIdentities.mean((v, x) -> Divergence.hutchinson(4).of(v, x).sum().reshape(1)));
    add("normal probes", DivergenceIdentities.variance(WrongVariants::normalProbes));
    add("normal probes", DivergenceIdentities.diagonal(WrongVariants::normalProbes));
    add("new probes at each step", DivergenceIdentities.fixedProbes(WrongVariants::newProbes));
  }

  private static Value exact(Value v, Value x) {
    return Divergence.exact().of(v, x);
  }

  /** z.Jz for standard normal z: right on average, with the variance 2 |S|_F^2. */
  private static Value normalProbes(Value v, Value x) {
    Value[] estimates = new Value[4];
    for (int k = 0; k < estimates.length; k++) {
      Value z = x.trace().normal(Purpose.PROBE + k, x.size());
      Value jz = Autodiff.jvp(List.of(v), List.of(x), List.of(z)).getFirst();
      estimates[k] = z.times(jz).sum().reshape(1);
    }
    return x.trace().concat(0, estimates);
  }

  /**
   * Reverse-time Euler whose probe changes sign, but for its first element, at every other step.
   */
  private static Scored newProbes(BinaryOperator<Value> velocity, Value x1, int steps) {
    Trace g = x1.trace();
    Value z = g.rademacher(Purpose.PROBE, x1.size());
    Value first = g.iota(0, x1.size()).equal(g.zeros(ValueType.shared(x1.size())));
    var solution =
        Solve.backward(Tableau.EULER, steps)
            .from(
                List.of(x1, g.zeros(ValueType.sample(1))),
                (state, t) -> {
                  Value x = state.getFirst();
                  Value v = velocity.apply(x, t);
                  Value sign = t.times(Math.PI * steps).cos().sign();
                  Value probe = first.select(z, z.times(sign.stretch(x.dims())));
                  Value jz = Autodiff.jvp(List.of(v), List.of(x), List.of(probe)).getFirst();
                  return List.of(v, probe.times(jz).sum().reshape(1).neg());
                });
    Value x0 = solution.state().getFirst();
    Value l = logBase(x0).minus(solution.state().getLast());
    return new Scored(solution, x0, l);
  }

  // ------------------------------------------------------------------ likelihoods

  private void likelihoods() {
    Densities euler = Densities.of(Tableau.EULER, Divergence.exact());
    Densities rk4 = Densities.of(Tableau.RK4, Divergence.exact());
    add("the divergence is added", LikelihoodIdentities.eulerHalves(added(euler)));
    add("the divergence is added", LikelihoodIdentities.mixture(added(rk4)));
    add(
        "another method goes back",
        LikelihoodIdentities.roundTrip(Tableau.MIDPOINT, Tableau.EULER, 2));
    add("another method goes back", LikelihoodIdentities.roundTrip(Tableau.RK4, Tableau.HEUN, 4));
    add(
        "a method of order 2 in its place",
        LikelihoodIdentities.roundTrip(
            renamed("euler", Tableau.MIDPOINT), renamed("euler", Tableau.MIDPOINT), 1));
    add("the divergence is added", LikelihoodIdentities.joint(added(rk4)));
    add("log p_0 of the wrong end", LikelihoodIdentities.integral(WrongVariants::wrongEnd));
    add("by reverse-time Euler steps", LikelihoodIdentities.discreteExact(WrongVariants::reversed));
  }

  /** The density that is O(h) off that of the sampler. */
  private static double[] reversed(double[] samples) {
    var g = new Trace();
    Scored scored =
        Densities.of(Tableau.EULER, Divergence.exact())
            .score(OracleField.linear()::velocity, g.input("x", ValueType.sample(2)), 16);
    return Reference.solve(
            scored.solution(),
            Map.of("l", scored.logDensity()),
            Map.of("x", samples),
            samples.length / 2)
        .get("l");
  }

  /** log p_0(x0) + integral of div v. */
  private static Densities added(Densities densities) {
    return (velocity, x1, steps) -> {
      Scored scored = densities.score(velocity, x1, steps);
      Value l = logBase(scored.x()).times(2).minus(scored.logDensity());
      return new Scored(scored.solution(), scored.x(), l);
    };
  }

  private static Scored wrongEnd(BinaryOperator<Value> velocity, Value x1, int steps) {
    Scored scored = new Likelihood(velocity, Divergence.exact(), 1).score(x1, Tableau.RK4, steps);
    Value l = scored.logDensity().minus(logBase(scored.x())).plus(logBase(x1));
    return new Scored(scored.solution(), scored.x(), l);
  }

  private static Value logBase(Value x) {
    return x.square().sum().times(-0.5).minus(x.size() / 2.0 * Math.log(2 * Math.PI)).reshape(1);
  }

  // ------------------------------------------------------------------ gaussians

  private void gaussians() {
    double[] mean = {0.5, -1, 2};
    double[] variances = {0.25, 1, 0.5};
    var flow = GaussianFlow.fromNoise(new Interpolant.Linear(0, 0), mean, variances);
    for (String name : List.of("linear", "cosine", "ot", "vp", "ve")) {
      add(
          "the velocity is 1e-4 too large",
          GaussianIdentities.map(name, flow, (x, t) -> flow.velocity(x, t).times(1.0001)));
    }
    for (String name : List.of("linear", "cosine", "ot")) {
      add(
          "half of the divergence",
          GaussianIdentities.logDensity(
              name,
              flow,
              (velocity, x1, steps) -> {
                Scored scored =
                    Densities.of(Tableau.RK4, Divergence.exact()).score(velocity, x1, steps);
                Value l = scored.logDensity().plus(logBase(scored.x())).times(0.5);
                return new Scored(scored.solution(), scored.x(), l);
              }));
    }
  }

  // ------------------------------------------------------------------ transports

  private void transports() {
    add(
        "the pairs as they come, backwards",
        TransportIdentities.permutation(
            costs -> assignment(IntStream.range(0, costs.size()).map(i -> costs.size() - 1 - i))));
    add(
        "each row takes the cheapest column that is left",
        TransportIdentities.bruteForce(WrongVariants::greedy));
    add(
        "a row's potential is 1e-3 too large",
        TransportIdentities.duality(
            costs -> {
              Assignment optimal = Assignment.optimal(costs);
              optimal.u()[7] += 1e-3;
              return optimal;
            }));
    add(
        "a row takes 1e-6 of another's mass",
        TransportIdentities.marginals(
            (costs, epsilon) -> {
              EntropicPlan plan = TransportIdentities.entropic(costs, epsilon);
              plan.conditional()[3][5] += 1e-6;
              return plan;
            }));
    add(
        "epsilon is 10 times too large",
        TransportIdentities.limit(
            (costs, epsilon) -> TransportIdentities.entropic(costs, 10 * epsilon)));
    add(
        "epsilon is sigma^2",
        TransportIdentities.bridge(
            (costs, epsilon) -> TransportIdentities.entropic(costs, epsilon / 2)));
  }

  private static Assignment assignment(IntStream columns) {
    int[] all = columns.toArray();
    return new Assignment(all, new double[all.length], new double[all.length], 0);
  }

  private static Assignment greedy(Costs costs) {
    int n = costs.size();
    var taken = new boolean[n];
    return assignment(
        IntStream.range(0, n)
            .map(
                i -> {
                  float[] c = costs.row(i, new float[n]);
                  int best =
                      IntStream.range(0, n)
                          .filter(j -> !taken[j])
                          .reduce((j, k) -> c[k] < c[j] ? k : j)
                          .orElseThrow();
                  taken[best] = true;
                  return best;
                }));
  }

  // ------------------------------------------------------------------ couplings

  private void couplings() {
    add(
        "pairs are drawn from the plan with replacement",
        CouplingIdentities.exact(
            (data, step) ->
                Planner.of(Coupling.exactOt().resampled(), data, data.length / 2)
                    .plan(4, step, 64)));
    add(
        "each point gets the row of the one before",
        CouplingIdentities.exact(
            (data, step) -> {
              var plan = Planner.of(Coupling.exactOt(), data, data.length / 2).plan(4, step, 64);
              float[] row = plan.row();
              float[] turned = new float[row.length];
              for (int i = 0; i < row.length; i++) {
                turned[i] = row[(i + 1) % row.length];
              }
              return new Planner.Plan(plan.x0(), turned);
            }));
  }

  // ------------------------------------------------------------------ devices

  private void devices() {
    device("gradient", DeviceIdentities::gradient);
    device("gradient.cnf", DeviceIdentities::gradientOfLikelihood);
    device("weights", DeviceIdentities::weights);
    device("samples", DeviceIdentities::samples);
    device("likelihood", DeviceIdentities::likelihood);
    add(
        "a slice begins to count at 0",
        DeviceIdentities.slices(
            (device, slice) ->
                DeviceIdentities.drawn(device, new Slice(0, slice.count(), slice.of(), 0))));
    add(
        "the optimizer's second moments are lost",
        DeviceIdentities.resume(state -> without(state, "optimizer.v.")));
  }

  private void device(String name, Function<Backend, float[]> figure) {
    add(
        "the device's numbers are 0.1% too large",
        DeviceIdentities.agreement(
            name,
            "a figure",
            device -> {
              float[] numbers = figure.apply(device);
              for (int i = 0; i < numbers.length && !device.name().equals("reference"); i++) {
                numbers[i] *= 1.001f;
              }
              return numbers;
            }));
  }

  private static TrainingState without(TrainingState state, String prefix) {
    var tensors = new LinkedHashMap<>(state.tensors());
    tensors.replaceAll(
        (name, tensor) ->
            name.startsWith(prefix)
                ? Tensor.f32(
                    new float[tensor.floats().length],
                    tensor.shape().stream().mapToLong(Long::longValue).toArray())
                : tensor);
    return new TrainingState(state.step(), state.seed(), tensors);
  }
}
