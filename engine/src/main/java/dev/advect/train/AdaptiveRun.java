package dev.advect.train;

import static dev.advect.solve.AdaptiveStep.ACCEPTED;
import static dev.advect.solve.AdaptiveStep.ERROR;
import static dev.advect.solve.AdaptiveStep.LARGEST_ERROR;
import static dev.advect.solve.AdaptiveStep.REJECTED;
import static dev.advect.solve.AdaptiveStep.STEP;
import static dev.advect.solve.AdaptiveStep.TIME;

import dev.advect.backend.Executable;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.solve.AdaptiveStep;
import dev.advect.solve.Effort;
import dev.advect.solve.Outcome;
import dev.advect.solve.Solve.Direction;
import dev.advect.solve.Solver.Adaptive;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A solve with controlled errors: a program that starts the samples, and one that attempts a step
 * of every sample and is run until all have arrived.
 */
final class AdaptiveRun {
  private static final String BEGIN = "begin";
  private static final String TARGET = "target";

  /** Binds what the start of a chunk needs. */
  @FunctionalInterface
  interface Preparation {
    void bind(Executable start, int first, int count);
  }

  /** Takes the state of a chunk that has reached a time, by name. */
  @FunctionalInterface
  interface Arrival {
    void take(int time, int first, Map<String, float[]> carried);
  }

  private final CompiledModel on;
  private final Adaptive solver;
  private final Direction direction;
  private final Motion motion;
  private final AdaptiveStep step;
  private final Map<String, ValueType> kept = new LinkedHashMap<>();
  private final Graph start;
  private final Graph attempt;

  AdaptiveRun(CompiledModel on, Adaptive solver, Direction direction, Motion motion) {
    this.on = on;
    this.direction = direction;
    this.solver = solver;
    this.motion = motion;
    this.step = new AdaptiveStep(solver, direction, 1);
    var g = new Trace();
    List<Value> y = motion.start(g);
    var constant = motion.kept(g);
    constant.forEach((name, v) -> kept.put(name, v.type()));
    var begun =
        new LinkedHashMap<>(
            step.start(y, g.input(BEGIN, ValueType.sample()), motion.dynamics(g, constant)));
    begun.putAll(constant);
    this.start = Graph.of("start", begun);
    this.attempt = attempt(y.stream().map(Value::type).toList());
  }

  private Graph attempt(List<ValueType> state) {
    var g = new Trace();
    var constant = new LinkedHashMap<String, Value>();
    kept.forEach((name, type) -> constant.put(name, g.input(name, type)));
    Value target = g.input(TARGET, ValueType.shared());
    var dynamics = motion.dynamics(g, constant);
    return Graph.of("attempt", step.attempt(step.inputs(g, state), target, dynamics));
  }

  /**
   * Solves for n samples.
   *
   * @param numbersPerSample the size of a sample's state and tangents
   * @param times the times to reach, one after the other
   * @throws dev.advect.AdvectException if a sample does not reach them
   */
  Effort.Adaptive run(
      int n,
      int numbersPerSample,
      long seed,
      double[] times,
      Preparation preparation,
      Arrival arrival) {
    int[] accepted = new int[n];
    int[] rejected = new int[n];
    int[] evaluations = new int[n];
    float[] largest = new float[n];
    var way = new ArrayList<Float>();
    ModelProgram begin = on.program(key("start"), () -> start);
    ModelProgram attempts = on.program(key("attempt"), () -> attempt);
    ModelProgram.forEachChunk(
        n,
        numbersPerSample,
        (first, count) -> {
          preparation.bind(begin.executable(), first, count);
          begin.executable().bind(BEGIN, times(step.begin(), count));
          begin.run(first, count, n, seed);
          March march = march(begin, attempts, first, count, n);
          for (int i = 0; i < times.length; i++) {
            attempts.executable().set(TARGET, new float[] {(float) times[i]});
            restart(march, (float) times[i]);
            follow(first, march, way);
            march.run(() -> follow(first, march, way));
            requireArrived(march, first, n);
            arrival.take(i, first, march.carried());
          }
          for (int i = 0; i < count; i++) {
            accepted[first + i] = (int) march.carried().get(ACCEPTED)[i];
            rejected[first + i] = (int) march.carried().get(REJECTED)[i];
            largest[first + i] = march.carried().get(LARGEST_ERROR)[i];
            evaluations[first + i] =
                AdaptiveStep.START_EVALUATIONS
                    + solver.method().evaluations() * (accepted[first + i] + rejected[first + i]);
          }
        });
    double worst = 0;
    for (float error : largest) {
      worst = Math.max(worst, error);
    }
    double[] visited = way.stream().mapToDouble(Float::doubleValue).toArray();
    return new Effort.Adaptive(accepted, rejected, evaluations, worst, visited);
  }

  /** What determines a program of this solve. */
  private List<Object> key(String name) {
    return List.of(name, solver, direction, motion);
  }

  /** The same time for every sample, no constant: a velocity may be differentiated by it. */
  static float[] times(double t, int count) {
    float[] times = new float[count];
    Arrays.fill(times, (float) t);
    return times;
  }

  private March march(ModelProgram begin, ModelProgram attempts, int first, int count, int n) {
    var carried = new LinkedHashMap<String, float[]>();
    attempt.results().keySet().forEach(name -> carried.put(name, begin.executable().result(name)));
    var given = new LinkedHashMap<String, float[]>();
    kept.keySet().forEach(name -> given.put(name, begin.executable().result(name)));
    attempts.conditions(first, count, n).ifPresent(rows -> given.put(ModelProgram.CONDITION, rows));
    return new March(attempts, given, carried, count);
  }

  /** Lets those go on whose time is not the next target. */
  private static void restart(March march, float target) {
    float[] status = march.carried().get(March.STATUS);
    float[] t = march.carried().get(TIME);
    for (int i = 0; i < status.length; i++) {
      status[i] = t[i] == target ? AdaptiveStep.ARRIVED : AdaptiveStep.GOING;
    }
  }

  /** Notes the times of the first sample. */
  private static void follow(int first, March march, List<Float> way) {
    float t = march.carried().get(TIME)[0];
    if (first == 0 && (way.isEmpty() || way.getLast() != t)) {
      way.add(t);
    }
  }

  private void requireArrived(March march, int first, int n) {
    int failed = march.failed();
    float[] status = march.carried().get(March.STATUS);
    for (int i = 0; i < status.length && failed > 0; i++) {
      if (status[i] > AdaptiveStep.ARRIVED) {
        outcome(march, (int) status[i], first, i).orThrow(solver, failed, n);
      }
    }
  }

  private static Outcome outcome(March march, int status, int first, int i) {
    double t = march.carried().get(TIME)[i];
    double h = march.carried().get(STEP)[i];
    double error = march.carried().get(ERROR)[i];
    return switch (status) {
      case AdaptiveStep.OUT_OF_STEPS -> new Outcome.OutOfSteps(first + i, t, h, error);
      case AdaptiveStep.STEP_TOO_SMALL -> new Outcome.StepTooSmall(first + i, t, h, error);
      default -> new Outcome.Arrived();
    };
  }
}
