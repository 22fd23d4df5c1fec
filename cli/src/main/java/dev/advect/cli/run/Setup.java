package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.CouplingConfig;
import dev.advect.cli.config.FieldConfig;
import dev.advect.cli.config.ObjectiveConfig;
import dev.advect.cli.config.OptimizerConfig;
import dev.advect.cli.config.PathConfig;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.config.TimeConfig;
import dev.advect.cli.config.TrainingConfig;
import dev.advect.cli.report.ImageGrid;
import dev.advect.coupling.Coupling;
import dev.advect.coupling.ExactOt;
import dev.advect.coupling.Sinkhorn;
import dev.advect.data.Normalizer;
import dev.advect.data.Table;
import dev.advect.likelihood.Dequantization;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Mlp;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.Custom;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.SchroedingerBridge;
import dev.advect.path.TimeLaw;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.solve.EmbeddedTableau;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.Conditioning;
import dev.advect.train.FlowMatching;
import dev.advect.train.FlowModel;
import dev.advect.train.MaximumLikelihood;
import dev.advect.train.Objective;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingOptions;
import dev.advect.train.TrainingSet;
import dev.advect.train.TrainingStep;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The engine's parts that a configuration asks for.
 *
 * @param config the configuration
 * @param data its rows
 * @param normalizer from the data to what the field sees
 * @param conditioning how conditions are mapped to what the field is given, and left out
 * @param objective what is minimised
 * @param options how they are trained
 */
public record Setup(
    Config config,
    TrainingData data,
    Normalizer normalizer,
    Conditioning conditioning,
    Objective objective,
    TrainingOptions options) {

  /** What the data may reach beside the noise that drowns them: it adds 3% to its deviation. */
  private static final double MOST_REACH = 0.25;

  /** Builds the parts and reads the data. */
  public static Setup of(Config config) {
    TrainingData data = TrainingData.load(config.data(), config.training().seed());
    Objective objective =
        switch (config.objective().kind()) {
          case FLOW_MATCHING -> matching(config, data);
          case LIKELIHOOD -> likelihood(field(config.field(), data), config.objective());
        };
    return new Setup(
        config,
        data,
        data.normalizer(config.data().normalize()),
        conditioning(config, data),
        objective,
        options(config));
  }

  /** Compiles the training step and sets the initial weights. */
  public Trainer trainer(Backend backend) {
    return new Trainer(backend, objective, options, trainingSet());
  }

  /** The graph of a training step. */
  public TrainingStep step() {
    return TrainingStep.of(objective, options, trainingSet());
  }

  /** The rows to learn from and their conditions, as the field sees them. */
  public TrainingSet trainingSet() {
    Table rows = data.train();
    int dim = rows.columns();
    var set = TrainingSet.of(normalizer.apply(rows.values(), dim), rows.rows());
    if (rows.conditions().isPresent()) {
      Table conditions = rows.conditions().get();
      float[] mapped = conditioning.normalizer().apply(conditions.values(), conditions.columns());
      set = set.on(mapped, conditioning.dropout());
    }
    return dequantization().isPresent()
        ? set.dequantized(normalizer.distances(dequantization().get().step(), dim))
        : set;
  }

  private Optional<Dequantization> dequantization() {
    return config.data().dequantize().map(Dequantization::new);
  }

  /**
   * What to say of a path whose noise at t = 0 does not drown the data: its samples start from the
   * noise alone, as if there were no data in it.
   */
  public Optional<String> warning() {
    if (!(objective instanceof FlowMatching matching
        && matching.path() instanceof VarianceExploding(_, double widest))) {
      return Optional.empty();
    }
    Table rows = data.train();
    float[] mapped = normalizer.apply(rows.values(), rows.columns());
    double[] squares = new double[rows.columns()];
    for (int i = 0; i < mapped.length; i++) {
      squares[i % squares.length] += mapped[i] * (double) mapped[i] / rows.rows();
    }
    double reach = Math.sqrt(Arrays.stream(squares).max().orElse(0));
    return reach <= MOST_REACH * widest
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "samples will start from noise of standard deviation sigmaMax = %s alone, but the"
                    + " data, with a root mean square of %.2g, still show in it; use"
                    + " data.normalize: standardize, or a sigmaMax of %.0f or more",
                widest,
                reach,
                Math.ceil(reach / MOST_REACH)));
  }

  /** What a trainer has trained, as a model of data as they are. */
  public FlowModel model(FlowModel trained) {
    FlowModel model = trained.withNormalizer(normalizer).with(conditioning);
    model = data.train().image().map(model::withImage).orElse(model);
    return dequantization().map(model::with).orElse(model);
  }

  /** The engine's solver of a configuration. */
  public static Solver solver(SamplingConfig sampling) {
    Tableau method = tableau(sampling.solver());
    return sampling.solver().hasEqualSteps()
        ? Solver.of(method, sampling.steps().orElseThrow())
        : Solver.dopri5(sampling.rtol().orElseThrow(), sampling.atol().orElseThrow())
            .within(sampling.minStep().orElseThrow(), sampling.maxSteps().orElseThrow());
  }

  private static Tableau tableau(SamplingConfig.Solver solver) {
    return switch (solver) {
      case EULER -> Tableau.EULER;
      case MIDPOINT -> Tableau.MIDPOINT;
      case HEUN -> Tableau.HEUN;
      case RK4 -> Tableau.RK4;
      case RK4_38 -> Tableau.RK4_38;
      case DOPRI5 -> EmbeddedTableau.DORMAND_PRINCE.method();
    };
  }

  /** The values drawn black and white, if the rows are images. */
  public Optional<ImageGrid.Range> pictureRange() {
    return data.train().image().map(_ -> ImageGrid.Range.of(data.train()));
  }

  private static Field field(FieldConfig field, TrainingData data) {
    return switch (field.kind()) {
      case MLP ->
          new Mlp(
              data.train().columns(),
              field.hidden(),
              field.activation(),
              field.time(),
              data.condition());
    };
  }

  private static FlowMatching matching(Config config, TrainingData data) {
    try {
      return new FlowMatching(
          field(config.field(), data),
          path(config.path().orElseThrow()),
          coupling(config.coupling().orElseThrow()),
          time(config.training().time()),
          config.field().predict());
    } catch (AdvectException e) {
      throw new UsageException("field, path and coupling do not go together: ", e);
    }
  }

  private static MaximumLikelihood likelihood(Field field, ObjectiveConfig objective) {
    Divergence divergence =
        switch (objective.divergence().orElseThrow()) {
          case EXACT -> Divergence.exact();
          case HUTCHINSON -> Divergence.hutchinson(objective.probes().orElseThrow());
        };
    var solver =
        Solver.of(tableau(objective.solver().orElseThrow()), objective.steps().orElseThrow());
    return new MaximumLikelihood(
        field,
        divergence,
        solver,
        objective.kinetic().orElseThrow(),
        objective.jacobian().orElseThrow());
  }

  /** Vectors are standardised; classes are numbers of columns and stay as they are. */
  private static Conditioning conditioning(Config config, TrainingData data) {
    Normalizer normalizer =
        switch (data.condition()) {
          case Condition.None _, Condition.Classes _ -> Normalizer.none();
          case Condition.Vector _ ->
              Normalizer.fit(Normalizer.Kind.STANDARDIZE, data.train().conditions().orElseThrow());
        };
    return new Conditioning(normalizer, config.training().conditionDropout());
  }

  /** The engine's path of a configuration. */
  public static GaussianPath path(PathConfig path) {
    return switch (path.kind()) {
      case ICFM -> new Icfm(path.sigma().orElseThrow());
      case OT -> new ConditionalOt(path.sigma().orElseThrow());
      case COSINE -> new Cosine(path.sigma().orElseThrow());
      case SB -> new SchroedingerBridge(path.sigma().orElseThrow());
      case VP -> new VariancePreserving(path.betaMin().orElseThrow(), path.betaMax().orElseThrow());
      case VE ->
          new VarianceExploding(path.sigmaMin().orElseThrow(), path.sigmaMax().orElseThrow());
      case CUSTOM -> new Custom(path.mean().orElseThrow(), path.std().orElseThrow());
    };
  }

  private static Coupling coupling(CouplingConfig coupling) {
    return switch (coupling.kind()) {
      case INDEPENDENT -> Coupling.independent();
      case EXACT_OT ->
          new ExactOt(coupling.resample().orElseThrow(), coupling.conditionWeight().orElseThrow());
      case SINKHORN ->
          new Sinkhorn(
              coupling.epsilon().orElseThrow(),
              coupling.resample().orElseThrow(),
              coupling.conditionWeight().orElseThrow());
    };
  }

  private static TimeLaw time(TimeConfig time) {
    return switch (time.kind()) {
      case UNIFORM -> new TimeLaw.Uniform();
      case STRATIFIED -> new TimeLaw.Stratified();
      case LOGIT_NORMAL ->
          new TimeLaw.LogitNormal(time.mean().orElseThrow(), time.std().orElseThrow());
      case POWER -> new TimeLaw.Power(time.exponent().orElseThrow());
    };
  }

  private static TrainingOptions options(Config config) {
    TrainingConfig training = config.training();
    OptimizerConfig optimizer = config.optimizer();
    return new TrainingOptions(
        training.steps(),
        training.batch(),
        training.ema(),
        training.seed(),
        optimizer(optimizer),
        optimizer.learningRate(),
        schedule(optimizer),
        optimizer.clip());
  }

  private static Optimizer optimizer(OptimizerConfig config) {
    double decay = config.weightDecay();
    return switch (config.kind()) {
      case ADAM -> new Optimizer.Adam(0.9, 0.999, 1e-8, decay);
      case ADAMW -> new Optimizer.AdamW(0.9, 0.999, 1e-8, decay);
      case ADAMAX -> new Optimizer.Adamax(0.9, 0.999, 1e-8, decay);
      case SGD -> new Optimizer.Sgd(config.momentum(), decay);
    };
  }

  private static Schedule schedule(OptimizerConfig config) {
    return switch (config.schedule()) {
      case CONSTANT -> new Schedule.Constant();
      case COSINE -> new Schedule.Cosine();
      case WARMUP -> new Schedule.Warmup(config.warmup());
    };
  }
}
