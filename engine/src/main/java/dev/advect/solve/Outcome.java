package dev.advect.solve;

import dev.advect.AdvectException;
import dev.advect.solve.Solver.Adaptive;
import java.util.Locale;

/** How the solve of a sample ended. */
public sealed interface Outcome {
  /** It reached the time it was to reach. */
  record Arrived() implements Outcome {}

  /**
   * It used up its steps.
   *
   * @param sample which one, counting from 0
   * @param t where it stands
   * @param step the step it would try next
   * @param error the error norm of the last step, where 1 is the tolerance
   */
  record OutOfSteps(long sample, double t, double step, double error) implements Outcome {}

  /**
   * Even its smallest step is not accurate enough.
   *
   * @param sample which one, counting from 0
   * @param t where it stands
   * @param step the step that was rejected
   * @param error its error norm, where 1 is the tolerance
   */
  record StepTooSmall(long sample, double t, double step, double error) implements Outcome {}

  /** The error norm of a step whose error is not a finite number. */
  double NOT_FINITE = 1e30;

  /**
   * Returns if the sample arrived.
   *
   * @param failed how many samples did not
   * @param of how many were solved together with them
   * @throws AdvectException that says where it stands, and what would help
   */
  default void orThrow(Adaptive solver, long failed, long of) {
    switch (this) {
      case Arrived _ -> {}
      case OutOfSteps(long sample, double t, double step, double error) ->
          throw new AdvectException(
              String.format(
                  Locale.ROOT,
                  "%s has used up the %d steps of sample %d at t = %.6g, where its step is %.2g and"
                      + " the error of the last one %s; so have %d of %d samples",
                  solver,
                  solver.maxSteps(),
                  sample,
                  t,
                  step,
                  inTolerances(error),
                  failed,
                  of),
              "allow more with --max-steps, or a larger error with --rtol and --atol;"
                  + " samples are counted from 0");
      case StepTooSmall(long sample, double t, double step, double error) ->
          throw new AdvectException(
              String.format(
                  Locale.ROOT,
                  "%s cannot reach its tolerance for sample %d at t = %.6g: with a step of %.2g the"
                      + " error is %s, and steps are at least %.2g; so it is for %d of %d samples",
                  solver,
                  sample,
                  t,
                  step,
                  inTolerances(error),
                  solver.minStep(),
                  failed,
                  of),
              error >= NOT_FINITE
                  ? "the field is not finite there: look at the training's loss, or at the data"
                  : "allow a larger error with --rtol and --atol, or smaller steps with --min-step;"
                      + " samples are counted from 0");
    }
  }

  private static String inTolerances(double error) {
    return error >= NOT_FINITE
        ? "not a finite number"
        : String.format(Locale.ROOT, "%.3g times the tolerance", error);
  }
}
