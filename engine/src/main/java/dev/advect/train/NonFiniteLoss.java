package dev.advect.train;

import dev.advect.AdvectException;

/** A training whose loss became infinite or no number; its weights are spoilt. */
public final class NonFiniteLoss extends AdvectException {
  private static final long serialVersionUID = 1L;

  NonFiniteLoss(double loss, long first, long last, String hint) {
    super("the loss became %s between step %d and step %d".formatted(loss, first, last), hint);
  }
}
