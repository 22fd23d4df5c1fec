package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.solve.Effort;
import dev.advect.solve.Effort.Spread;
import dev.advect.solve.Solver;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What a command says about a solve: for a person, and in a document. */
final class SolveReport {
  private SolveReport() {}

  /** The lines for a person. */
  static void say(Console console, Effort effort) {
    switch (effort) {
      case Effort.Fixed(long evaluations, _) ->
          console.say("%d evaluations of the field a sample".formatted(evaluations));
      case Effort.Iterated iterated ->
          console.say(
              String.format(
                  Locale.ROOT,
                  "%s evaluations of the field a sample, %.1f on average (smallest, median and"
                      + " largest), to undo the steps of the sampler",
                  text(Spread.of(iterated.evaluations())),
                  iterated.meanEvaluations()));
      case Effort.Adaptive adaptive -> {
        Spread accepted = Spread.of(adaptive.accepted());
        Spread rejected = Spread.of(adaptive.rejected());
        Spread evaluations = Spread.of(adaptive.evaluations());
        console.say(
            String.format(
                Locale.ROOT,
                "%s evaluations of the field a sample, %.1f on average (smallest, median and"
                    + " largest); %s steps, %s rejected; largest error of a step %.2g times the"
                    + " tolerance",
                text(evaluations),
                adaptive.meanEvaluations(),
                text(accepted),
                text(rejected),
                adaptive.largestError()));
      }
    }
  }

  private static String text(Spread spread) {
    return "%d/%d/%d".formatted(spread.min(), spread.median(), spread.max());
  }

  /** The times of a solve, as one line of JSON. */
  static void sayTimes(Console console, Effort effort) {
    String times =
        DoubleStream.of(effort.times())
            .mapToObj(Double::toString)
            .collect(Collectors.joining(", "));
    console.tell("{\"times\": [%s]}".formatted(times));
  }

  /** The solver with its numbers. */
  static void put(Map<String, Object> document, Solver solver) {
    document.put("solver", solver.name());
    switch (solver) {
      case Solver.FixedSteps(_, int steps) -> document.put("steps", steps);
      case Solver.EulerMaruyama(int steps, double noise) -> {
        document.put("steps", steps);
        document.put("sde", noise);
      }
      case Solver.Adaptive adaptive -> {
        document.put("rtol", adaptive.relative());
        document.put("atol", adaptive.absolute());
        document.put("min_step", adaptive.minStep());
        document.put("max_steps", adaptive.maxSteps());
      }
    }
  }

  /** The solver with its numbers, and what it took. */
  static void put(Map<String, Object> document, Solver solver, Effort effort) {
    put(document, solver);
    switch (effort) {
      case Effort.Fixed(long evaluations, _) -> document.put("field_evaluations", evaluations);
      case Effort.Iterated iterated -> {
        document.put("field_evaluations", iterated.meanEvaluations());
        document.put("evaluations", map(Spread.of(iterated.evaluations())));
      }
      case Effort.Adaptive adaptive -> {
        document.put("field_evaluations", adaptive.meanEvaluations());
        document.put("evaluations", map(Spread.of(adaptive.evaluations())));
        document.put("accepted_steps", map(Spread.of(adaptive.accepted())));
        document.put("rejected_steps", map(Spread.of(adaptive.rejected())));
        document.put("largest_error_norm", adaptive.largestError());
      }
    }
  }

  private static Map<String, Integer> map(Spread spread) {
    var map = new LinkedHashMap<String, Integer>();
    map.put("min", spread.min());
    map.put("median", spread.median());
    map.put("max", spread.max());
    return map;
  }
}
