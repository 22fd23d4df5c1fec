package dev.advect.verify;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Likelihood.Scored;
import dev.advect.oracle.GaussianFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.random.Purpose;
import dev.advect.solve.EmbeddedTableau;
import dev.advect.solve.Solve;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.type.ValueType;
import dev.advect.verify.WrongVariants.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Wrong solvers, divergences and densities. */
final class WrongSolves {
  private final List<Variant> all = new ArrayList<>();

  private WrongSolves() {}

  static List<Variant> all() {
    var variants = new WrongSolves();
    variants.solvers();
    variants.divergences();
    variants.likelihoods();
    variants.gaussians();
    return variants.all;
  }

  private void add(String mistake, Identity identity) {
    all.add(new Variant(mistake, identity));
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
    add("normal probes", DivergenceIdentities.variance(WrongSolves::normalProbes));
    add("normal probes", DivergenceIdentities.diagonal(WrongSolves::normalProbes));
    add("new probes at each step", DivergenceIdentities.fixedProbes(WrongSolves::newProbes));
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
    add("log p_0 of the wrong end", LikelihoodIdentities.integral(WrongSolves::wrongEnd));
    add("by reverse-time Euler steps", LikelihoodIdentities.discreteExact(WrongSolves::reversed));
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
}
