package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.train.NonFiniteLoss;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingState;
import java.util.function.Supplier;

/**
 * Finds out where a training first computed something that is not finite: it goes over the steps
 * since the last good state again, and over the one that failed with a device that looks at every
 * number. Draws are functions of the step, so the second time is the same as the first.
 *
 * @param setup what was trained
 * @param trainer it, with weights that are spoilt
 * @param good the last state that was saved, or the first there was
 * @param checking opens a device that looks at every number
 */
record Breakdown(Setup setup, Trainer trainer, TrainingState good, Supplier<Backend> checking) {

  /**
   * The problem, with the step and what it was that broke there.
   *
   * @param problem what the trainer said
   * @param saved what is still good, for the hint
   */
  AdvectException explain(NonFiniteLoss problem, String saved) {
    long last = trainer.step();
    long failed = failedStep(last);
    String hint = problem.hint() + saved;
    if (failed == 0) {
      return new AdvectException(problem.getMessage(), hint);
    }
    String headline = "the loss is not finite at step %d".formatted(failed);
    return new AdvectException(headline, hint, cause(failed));
  }

  /** The first step, from 1, whose loss is not finite; 0 if there is none. */
  private long failedStep(long last) {
    trainer.restore(good);
    while (trainer.step() < last) {
      try {
        trainer.advance(1);
      } catch (NonFiniteLoss _) {
        return trainer.step();
      }
    }
    return 0;
  }

  /** What broke in a step; null if the device does not tell. */
  private AdvectException cause(long failed) {
    trainer.restore(good);
    int before = Math.toIntExact(failed - 1 - good.step());
    if (before > 0) {
      trainer.advance(before);
    }
    try (Backend backend = checking.get();
        Trainer checked = setup.trainer(backend)) {
      checked.restore(trainer.state());
      checked.advance(1);
      return null;
    } catch (NonFiniteLoss _) {
      return null;
    } catch (AdvectException e) {
      return e;
    }
  }
}
