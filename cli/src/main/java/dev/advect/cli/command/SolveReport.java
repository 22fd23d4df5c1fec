package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.solve.Effort;
import dev.advect.solve.Solver;
import java.util.Map;

/** What a command says about a solve: for a person, and in a document. */
final class SolveReport {
  private SolveReport() {}

  /** The lines for a person. */
  static void say(Console console, Effort effort) {
    switch (effort) {
      case Effort.Fixed(long evaluations) ->
          console.say("%d evaluations of the field a sample".formatted(evaluations));
    }
  }

  /** The solver with its numbers, and what it took. */
  static void put(Map<String, Object> document, Solver solver, Effort effort) {
    document.put("solver", solver.name());
    switch (solver) {
      case Solver.FixedSteps(_, int steps) -> document.put("steps", steps);
    }
    switch (effort) {
      case Effort.Fixed(long evaluations) -> document.put("field_evaluations", evaluations);
    }
  }
}
