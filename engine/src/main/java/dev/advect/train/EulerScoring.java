package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.EulerMap;
import dev.advect.likelihood.Likelihood;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Parameters;
import dev.advect.solve.Effort;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.solve.Solver.FixedSteps;
import dev.advect.solve.Tableau;
import dev.advect.solve.TimeGrid;
import dev.advect.train.FlowModel.ScoredSamples;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Log-densities of the sampler of forward Euler steps, exactly: see {@link EulerMap}. */
final class EulerScoring {
  /** The largest dimension: a sample's Jacobian has as many columns, and dim^3 products a pass. */
  static final int MOST_DIM = 128;

  /** What float32 leaves of a residual of numbers of size 1: a few roundings of 6e-8 each. */
  private static final double TOLERANCE = 0x1p-20;

  /** Rows of I + h J, what eliminates them, and the order of the pivots. */
  private static final int MATRICES = 4;

  private static final String ADVICE =
      "steps so large are not invertible: take more --steps, or use the exact divergence; samples"
          + " are counted from 0";

  private static final String LOG_DENSITY = "logDensity";

  private final CompiledModel on;
  private final FlowModel model;
  private final FixedSteps solver;

  EulerScoring(CompiledModel on, Solver solver) {
    model = on.model();
    if (!(solver instanceof FixedSteps steps && steps.method().equals(Tableau.EULER))) {
      throw new AdvectException(
          "discrete-exact is the change of variables of Euler steps, not of %s".formatted(solver),
          "use the solver euler, or the exact divergence");
    }
    if (model.dim() > MOST_DIM) {
      throw new AdvectException(
          "discrete-exact needs the whole Jacobian of each step, for up to %d columns, not %d"
              .formatted(MOST_DIM, model.dim()),
          "use the exact divergence, or hutchinson with some probes");
    }
    this.on = on;
    this.solver = steps;
  }

  Solved<Scores> score(float[] rows) {
    int dim = model.dim();
    float[] mapped = Scoring.mapped(model, rows);
    int n = mapped.length / dim;
    float[] logDensity = ModelProgram.array(n, 1);
    int[] passes = new int[n];
    ModelProgram newton = on.program(List.of("newton", solver), this::newton);
    ModelProgram end = on.program(List.of("base"), this::base);
    ModelProgram.forEachChunk(
        n,
        MATRICES * dim * (dim + 1),
        (first, count) -> {
          March march = march(newton, part(mapped, first, count), first, count, n);
          march.run(() -> {});
          requireUndone(march, first, n);
          end.executable().bind(EulerMap.X, march.carried().get(EulerMap.X));
          end.run(first, count, n, 0);
          float[] base = end.executable().result(LOG_DENSITY);
          for (int i = 0; i < count; i++) {
            logDensity[first + i] = base[i] - march.carried().get(EulerMap.CHANGE)[i];
            passes[first + i] = (int) march.carried().get(EulerMap.PASSES)[i];
          }
        });
    TimeGrid grid = TimeGrid.backward(solver.steps());
    // The step to x = y + h v(y, t) is undone at its beginning: 1 - h, ..., 0.
    double[] times = Arrays.copyOfRange(grid.times(), 1, grid.times().length);
    return new Solved<>(scores(logDensity), new Effort.Iterated(passes, times));
  }

  private March march(ModelProgram newton, float[] x, int first, int count, int n) {
    var carried = new LinkedHashMap<String, float[]>();
    carried.put(EulerMap.X, x);
    carried.put(EulerMap.Y, x.clone());
    EulerMap.SCALARS.forEach(name -> carried.put(name, new float[count]));
    Arrays.fill(carried.get(EulerMap.K), solver.steps());
    var given = new LinkedHashMap<String, float[]>();
    newton.conditions(first, count, n).ifPresent(rows -> given.put(ModelProgram.CONDITION, rows));
    return new March(newton, given, carried, count);
  }

  private void requireUndone(March march, int first, int n) {
    int failed = march.failed();
    float[] status = march.carried().get(March.STATUS);
    for (int i = 0; i < status.length && failed > 0; i++) {
      int k = (int) march.carried().get(EulerMap.K)[i];
      if (status[i] == EulerMap.FOLDED) {
        throw folded(k + 1, first + i, march.carried().get(EulerMap.PIVOT)[i]);
      }
      if (status[i] == EulerMap.STUCK) {
        throw new AdvectException(
            String.format(
                Locale.ROOT,
                "step %d of the %d Euler steps could not be undone for sample %d at t = %.6g: after"
                    + " %d passes the residual is %.2g and the smallest pivot of I + h J %.2g; so"
                    + " it is for %d of %d samples",
                k,
                solver.steps(),
                first + i,
                (k - 1.0) / solver.steps(),
                EulerMap.MOST_TRIES,
                march.carried().get(EulerMap.RESIDUAL)[i],
                march.carried().get(EulerMap.PIVOT)[i],
                failed,
                n),
            ADVICE);
      }
    }
  }

  private AdvectException folded(int step, int sample, double pivot) {
    return new AdvectException(
        String.format(
            Locale.ROOT,
            "step %d of the %d Euler steps folds space at sample %d, t = %.6g: the determinant of"
                + " I + h J is negative, its smallest pivot %.2g in size",
            step,
            solver.steps(),
            sample,
            (step - 1.0) / solver.steps(),
            pivot),
        ADVICE);
  }

  /** Samples with their log-densities, from the very steps that make them. */
  Solved<ScoredSamples> sample(int n, long seed) {
    int dim = model.dim();
    float[] samples = ModelProgram.array(n, dim);
    float[] logDensity = ModelProgram.array(n, 1);
    ModelProgram start = on.program(List.of("scored noise"), this::start);
    ModelProgram step = on.program(List.of("euler step", solver), this::step);
    ModelProgram.forEachChunk(
        n,
        MATRICES * dim * (dim + 1),
        (first, count) -> {
          start.run(first, count, n, seed);
          float[] x = start.executable().result(EulerMap.X);
          float[] base = start.executable().result(LOG_DENSITY);
          float[] change = new float[count];
          for (int k = 0; k < solver.steps(); k++) {
            step.executable().bind(EulerMap.X, x);
            step.executable().bind(EulerMap.CHANGE, change);
            step.executable().bind(EulerMap.K, AdaptiveRun.times(k, count));
            step.run(first, count, n, seed);
            x = step.executable().result(EulerMap.X);
            change = step.executable().result(EulerMap.CHANGE);
            requireUnfolded(step, k, first);
          }
          System.arraycopy(x, 0, samples, first * dim, x.length);
          for (int i = 0; i < count; i++) {
            logDensity[first + i] = base[i] - change[i];
          }
        });
    float[] rows = model.normalizer().undo(samples, dim);
    return new Solved<>(
        new ScoredSamples(rows, scores(logDensity)),
        Effort.Fixed.of(solver.method(), TimeGrid.forward(solver.steps())));
  }

  private void requireUnfolded(ModelProgram step, int k, int first) {
    float[] sign = step.executable().result(EulerMap.SIGN);
    for (int i = 0; i < sign.length; i++) {
      if (sign[i] < 0) {
        throw folded(k + 1, first + i, step.executable().result(EulerMap.PIVOT)[i]);
      }
    }
  }

  private Scores scores(float[] logDensity) {
    return Scores.of(logDensity, 1, true, -model.normalizer().logScaleSum(model.dim()));
  }

  private float[] part(float[] mapped, int first, int count) {
    return Arrays.copyOfRange(mapped, first * model.dim(), (first + count) * model.dim());
  }

  private EulerMap map(Trace g) {
    var parameters = new Parameters(g);
    return new EulerMap((x, t) -> model.velocity(parameters, x, t), solver.steps());
  }

  private Graph newton() {
    var g = new Trace();
    var carried = new LinkedHashMap<String, Value>();
    carried.put(EulerMap.X, g.input(EulerMap.X, ValueType.sample(model.dim())));
    carried.put(EulerMap.Y, g.input(EulerMap.Y, ValueType.sample(model.dim())));
    EulerMap.SCALARS.forEach(name -> carried.put(name, g.input(name, ValueType.sample())));
    EulerMap.Traced pass = map(g).newton(carried, TOLERANCE);
    return Graph.of("newton pass", pass.values(), pass.loop());
  }

  private Graph step() {
    var g = new Trace();
    Value x = g.input(EulerMap.X, ValueType.sample(model.dim()));
    Value change = g.input(EulerMap.CHANGE, ValueType.sample());
    Value k = g.input(EulerMap.K, ValueType.sample());
    EulerMap.Traced step = map(g).forward(x, change, k);
    return Graph.of("euler step", step.values(), step.loop());
  }

  private Graph start() {
    var g = new Trace();
    Value x0 = Sampling.noise(g, model);
    return Graph.of("noise", Map.of(EulerMap.X, x0, LOG_DENSITY, logBase(x0)));
  }

  private Graph base() {
    var g = new Trace();
    Value x0 = g.input(EulerMap.X, ValueType.sample(model.dim()));
    return Graph.of("base", Map.of(LOG_DENSITY, logBase(x0)));
  }

  private Value logBase(Value x0) {
    Likelihood likelihood =
        new ScoredMotion(model, Divergence.exact(), true).likelihood(x0.trace());
    return likelihood.logBase(x0);
  }
}
