package dev.advect.train;

import dev.advect.autodiff.Autodiff;
import dev.advect.autodiff.Gradient;
import dev.advect.graph.Graph;
import dev.advect.graph.Op;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Condition;
import dev.advect.nn.Parameters;
import dev.advect.optim.Ema;
import dev.advect.optim.Gradients;
import dev.advect.optim.Optimizer;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One step of training as one graph: draws, loss, gradients, clipping, optimizer, moving average.
 *
 * <p>Its inputs, all shared, are {@code data} [rows, dim], of conditional fields {@code
 * data.conditions} [rows, columns], of discrete data {@code data.spacing} [dim]; {@code
 * learningRate} []; and, updated, {@code loss.sum} [], the parameters, the optimizer's memory
 * {@code optimizer.<memory>.<parameter>} and the moving average {@code ema.<parameter>}. The result
 * {@code loss} is the mean over samples and dimensions. A planned coupling adds the per-sample
 * inputs that {@link dev.advect.coupling.PlannedCoupling} names.
 *
 * @param graph the equations
 * @param parameters the names and initial laws of the weights
 * @param state what a run changes and a checkpoint keeps, with types: all updated inputs but {@code
 *     loss.sum}
 */
public record TrainingStep(
    Graph graph, Parameters parameters, SequencedMap<String, ValueType> state) {
  /** The training data. */
  public static final String DATA = "data";

  /** The condition of each row of the training data. */
  public static final String CONDITIONS = "data.conditions";

  /** The distance between the levels of discrete training data. */
  public static final String SPACING = "data.spacing";

  /** The learning rate of the step. */
  public static final String LEARNING_RATE = "learningRate";

  /** The losses added up since it was last set to 0. */
  public static final String LOSS_SUM = "loss.sum";

  /** The loss of the step. */
  public static final String LOSS = "loss";

  /** Copies the map. */
  public TrainingStep {
    state = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(state));
  }

  /** The step for some continuous rows that are conditioned on nothing. */
  public static TrainingStep of(Objective objective, TrainingOptions options, int rows) {
    int dim = objective.flow().dim();
    return of(objective, options, TrainingSet.of(new float[rows * dim], rows));
  }

  /** The step for a training set; of the set only its size and kind matter. */
  public static TrainingStep of(Objective objective, TrainingOptions options, TrainingSet set) {
    var g = new Trace();
    var parameters = new Parameters(g);
    Loss perSample = objective.loss(parameters, rows(g, objective.flow(), set));
    Value loss = perSample.value().meanSamples();

    SequencedMap<String, Value> weights = parameters.values();
    Gradient found = Autodiff.gradient(loss, List.copyOf(weights.values()), perSample.loops());
    List<Value> gradients =
        options.clip() > 0 ? Gradients.clipped(found.values(), options.clip()) : found.values();
    SequencedMap<Value, Value> updates = updates(g, weights, gradients, options);

    var state = new LinkedHashMap<String, ValueType>();
    updates.keySet().forEach(input -> state.put(name(input), input.type()));
    Value lossSum = g.input(LOSS_SUM, ValueType.shared());
    updates.put(lossSum, lossSum.plus(loss));
    var results = new LinkedHashMap<>(Map.of(LOSS, loss));
    var graph = new Graph("training step", results, updates, found.loops());
    return new TrainingStep(graph, parameters, state);
  }

  private static TrainingRows rows(Trace g, Flow flow, TrainingSet set) {
    Condition condition = flow.field().condition();
    return new TrainingRows(
        g.input(DATA, ValueType.shared(set.count(), flow.dim())),
        set.spacing().map(_ -> g.input(SPACING, ValueType.shared(flow.dim()))),
        condition,
        set.conditions()
            .map(_ -> ValueType.shared(set.count(), condition.columns()))
            .map(type -> g.input(CONDITIONS, type)),
        set.dropout());
  }

  /** What becomes of the weights, of the optimizer's memory and of the moving average. */
  private static SequencedMap<Value, Value> updates(
      Trace g,
      SequencedMap<String, Value> weights,
      List<Value> gradients,
      TrainingOptions options) {
    Optimizer optimizer = options.optimizer();
    Value rate = g.input(LEARNING_RATE, ValueType.shared());
    Value n = g.step().plus(1);
    var updates = new LinkedHashMap<Value, Value>();
    var averages = new LinkedHashMap<Value, Value>();
    int i = 0;
    for (Map.Entry<String, Value> weight : weights.entrySet()) {
      Value w = weight.getValue();
      var memory = new ArrayList<Value>();
      for (String m : optimizer.memory()) {
        memory.add(g.input("optimizer." + m + "." + weight.getKey(), w.type()));
      }
      Optimizer.Step step = optimizer.step(w, gradients.get(i++), memory, rate, n);
      updates.put(w, step.parameter());
      for (int k = 0; k < memory.size(); k++) {
        updates.put(memory.get(k), step.memory().get(k));
      }
      if (options.emaDecay() > 0) {
        Value average = g.input(average(weight.getKey()), w.type());
        var ema = new Ema(options.emaDecay());
        averages.put(average, ema.update(average, step.parameter(), n));
      }
    }
    updates.putAll(averages);
    return updates;
  }

  /** The name of a parameter's moving average. */
  static String average(String parameter) {
    return "ema." + parameter;
  }

  private static String name(Value input) {
    return ((Op.Source.Input) input.op()).name();
  }

  /** The state before the first step: initial weights, averages equal to them, zeros elsewhere. */
  public SequencedMap<String, float[]> initial(long seed) {
    SequencedMap<String, float[]> weights = parameters.initial(seed);
    var initial = new LinkedHashMap<String, float[]>();
    state.forEach((name, type) -> initial.put(name, new float[type.size()]));
    weights.forEach(
        (name, values) -> {
          initial.put(name, values);
          initial.replace(average(name), values.clone());
        });
    return initial;
  }
}
