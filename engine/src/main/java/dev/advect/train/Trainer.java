package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.coupling.PlannedCoupling;
import dev.advect.coupling.Planner;
import dev.advect.coupling.Planner.Plan;
import dev.advect.coupling.Planner.Source;
import dev.advect.data.Normalizer;
import dev.advect.file.Tensor;
import dev.advect.type.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A training in progress: a compiled step, its state on the device, and a step counter.
 *
 * <p>The same options, data and device give the same weights, bit for bit, however the steps are
 * divided into calls. Used by one thread at a time; does not close the backend.
 */
public final class Trainer implements AutoCloseable {
  private final Objective objective;
  private final TrainingOptions options;
  private final double conditionDropout;
  private final TrainingStep program;
  private final Executable executable;
  private final Optional<PlanAhead> plans;
  private final float[] rate = {Float.NaN};
  private long step;

  /**
   * Compiles the step and sets the initial weights, for continuous rows without conditions.
   *
   * @param rows {@code count * dim} numbers, row by row, in model space
   * @param count how many rows
   */
  public Trainer(
      Backend backend, Objective objective, TrainingOptions options, float[] rows, int count) {
    this(backend, objective, options, TrainingSet.of(rows, count));
  }

  /** Compiles the step and sets the initial weights. */
  public Trainer(Backend backend, Objective objective, TrainingOptions options, TrainingSet set) {
    set.requireFits(objective.flow());
    this.objective = objective;
    this.options = options;
    this.conditionDropout = set.dropout();
    Optional<Planner> planner = planner(objective, set);
    planner.ifPresent(_ -> Planner.requireBatch(options.batch()));
    this.program = TrainingStep.of(objective, options, set);
    this.executable = backend.compile(program.graph());
    executable.expect(options.steps() * options.batch());
    executable.set(TrainingStep.DATA, set.rows());
    set.conditions().ifPresent(c -> executable.set(TrainingStep.CONDITIONS, c));
    set.spacing().ifPresent(s -> executable.set(TrainingStep.SPACING, s));
    executable.set(TrainingStep.LOSS_SUM, new float[1]);
    program.initial(options.seed()).forEach(executable::set);
    plans = planner.map(p -> new PlanAhead(p, options.seed(), options.batch()));
  }

  /** Who plans the pairs of each batch, if the coupling is planned. */
  private static Optional<Planner> planner(Objective objective, TrainingSet set) {
    return switch (objective) {
      case FlowMatching(var field, _, PlannedCoupling coupling, _, _) -> {
        Source source = Source.standardNormal(field.dim());
        var conditions = set.planned(field.condition());
        yield Optional.of(new Planner(coupling, source, set.rows(), set.count(), conditions));
      }
      case FlowMatching _, MaximumLikelihood _ -> Optional.empty();
    };
  }

  /**
   * Does some steps.
   *
   * @param steps how many, at least 1; the training may go on beyond {@link TrainingOptions#steps}
   * @return the mean of their losses, each a mean over samples and dimensions
   * @throws NonFiniteLoss if the mean is not finite; the weights are then spoilt until {@link
   *     #restore}
   * @throws AdvectException if the coupling finds no plan for a batch
   */
  public double advance(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a training advances by 1 step or more, not " + steps);
    }
    executable.set(TrainingStep.LOSS_SUM, new float[1]);
    long first = step;
    while (step < first + steps) {
      float now = (float) options.learningRate(step);
      if (now != rate[0]) {
        rate[0] = now;
        executable.set(TrainingStep.LEARNING_RATE, rate);
      }
      if (plans.isPresent()) {
        Plan plan = plans.get().plan(step);
        executable.bind(PlannedCoupling.X0, plan.x0());
        executable.bind(PlannedCoupling.ROW, plan.row());
      }
      int alike = plans.isPresent() ? 1 : alike(first + steps);
      executable.run(Slice.batch(options.batch(), step), options.seed(), alike);
      step += alike;
    }
    double loss = executable.get(TrainingStep.LOSS_SUM)[0] / (double) steps;
    if (!Double.isFinite(loss)) {
      throw new NonFiniteLoss(
          loss,
          first + 1,
          step,
          "lower the learning rate (now %s), clip the gradients (now %s) or normalise the data"
              .formatted(rate[0], options.clip() == 0 ? "off" : options.clip() + ""));
    }
    return loss;
  }

  /** How many steps from now on, before an end, have the learning rate of the next. */
  private int alike(long end) {
    int alike = 1;
    while (step + alike < end && (float) options.learningRate(step + alike) == rate[0]) {
      alike++;
    }
    return alike;
  }

  /** How many steps are done. */
  public long step() {
    return step;
  }

  /** How many numbers the parameters are. */
  public long parameterCount() {
    return program.parameters().count();
  }

  /** A copy of everything needed to go on from here. */
  public TrainingState state() {
    var tensors = new LinkedHashMap<String, Tensor>();
    program
        .state()
        .forEach((name, type) -> tensors.put(name, Tensor.f32(executable.get(name), dims(type))));
    return new TrainingState(step, options.seed(), tensors);
  }

  /**
   * Goes back, or forward, to a state.
   *
   * @throws AdvectException if it is of another network, optimizer or seed; nothing is changed then
   */
  public void restore(TrainingState state) {
    String hint = "resume with the configuration that the training was started with";
    if (state.seed() != options.seed()) {
      throw new AdvectException(
          "the checkpoint is of a training with seed %d, not %d"
              .formatted(state.seed(), options.seed()),
          hint);
    }
    for (String name : state.tensors().keySet()) {
      if (!program.state().containsKey(name)) {
        throw new AdvectException(
            "the checkpoint has a tensor '%s' that this training has not".formatted(name), hint);
      }
    }
    var values = new LinkedHashMap<String, float[]>();
    program
        .state()
        .forEach(
            (name, type) -> {
              Tensor tensor = state.tensors().get(name);
              List<Long> dims = type.dims().stream().map(Integer::longValue).toList();
              if (tensor == null) {
                throw new AdvectException(
                    "the checkpoint has no tensor '%s'".formatted(name), hint);
              }
              if (!tensor.shape().equals(dims)) {
                throw new AdvectException(
                    "the checkpoint's tensor '%s' is %s where %s is needed"
                        .formatted(name, tensor.shape(), dims),
                    hint);
              }
              values.put(name, tensor.floats());
            });
    values.forEach(executable::set);
    step = state.step();
  }

  /** The model as it is now, for data that were not normalised; averaged weights if there are. */
  public FlowModel model() {
    return model(executable::get, step);
  }

  /**
   * The same of a {@linkplain #state state} of this training. Another thread may ask for it while
   * the training goes on.
   *
   * @param state of this training; one of another network fails
   */
  public FlowModel model(TrainingState state) {
    return model(name -> state.tensors().get(name).floats(), state.step());
  }

  private FlowModel model(Function<String, float[]> values, long step) {
    boolean averaged = options.emaDecay() > 0;
    SequencedMap<String, float[]> weights = new LinkedHashMap<>();
    for (String name : program.parameters().values().keySet()) {
      weights.put(name, values.apply(averaged ? TrainingStep.average(name) : name));
    }
    var model =
        new FlowModel(
            objective.flow(), weights, Normalizer.none(), Optional.empty(), options.seed(), step);
    return model.with(new Conditioning(Normalizer.none(), conditionDropout));
  }

  /** The compiled step as text. */
  public String explain() {
    return executable.explain();
  }

  private static long[] dims(ValueType type) {
    return type.dims().stream().mapToLong(Integer::longValue).toArray();
  }

  @Override
  public void close() {
    plans.ifPresent(PlanAhead::close);
    executable.close();
  }
}
