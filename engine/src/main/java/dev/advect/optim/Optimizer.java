package dev.advect.optim;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.List;

/**
 * A first-order method: what becomes of a parameter and the optimizer's memory of it, given the
 * gradient. All follow PyTorch's formulas of the same names.
 */
public sealed interface Optimizer {
  /**
   * A parameter and its memory after a step.
   *
   * @param parameter the parameter
   * @param memory one value for each name of {@link Optimizer#memory()}
   */
  record Step(Value parameter, List<Value> memory) {}

  /** The names of what it remembers of each parameter: arrays like it, zero at first. */
  List<String> memory();

  /**
   * One step.
   *
   * @param w the parameter, shared
   * @param gradient of the same type
   * @param memory what it remembers, one value for each name of {@link #memory()}
   * @param rate shared[], the learning rate
   * @param n shared[], the number of this step, from 1
   */
  Step step(Value w, Value gradient, List<Value> memory, Value rate, Value n);

  /**
   * Adam (Kingma and Ba 2015), with bias-corrected moments; weight decay is added to the gradient.
   *
   * @param beta1 how much of the mean gradient is kept
   * @param beta2 how much of the mean squared gradient is kept
   * @param epsilon added to the root of the second moment
   * @param weightDecay the factor of the parameter in the gradient; 0 for none
   */
  record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    /** Checks the ranges. */
    public Adam {
      Ranges.beta("beta1", beta1);
      Ranges.beta("beta2", beta2);
      Ranges.notNegative("epsilon", epsilon);
      Ranges.notNegative("weightDecay", weightDecay);
    }

    /** PyTorch's defaults: 0.9, 0.999, 1e-8, no decay. */
    public static Adam standard() {
      return new Adam(0.9, 0.999, 1e-8, 0);
    }

    @Override
    public List<String> memory() {
      return List.of("m", "v");
    }

    @Override
    public Step step(Value w, Value gradient, List<Value> memory, Value rate, Value n) {
      Value g = gradient.plus(w.times(weightDecay));
      Value m = blend(memory.getFirst(), g, beta1);
      Value v = blend(memory.getLast(), g.square(), beta2);
      Value vHat = v.times(oneMinusPower(beta2, n).recip());
      Value step = rate.over(oneMinusPower(beta1, n)); // m enters as m / (1 - beta1^n)
      return new Step(w.minus(m.times(step).over(vHat.sqrt().plus(epsilon))), List.of(m, v));
    }
  }

  /**
   * AdamW (Loshchilov and Hutter 2019): Adam with the decay applied to the parameter itself.
   *
   * @param beta1 how much of the mean gradient is kept
   * @param beta2 how much of the mean squared gradient is kept
   * @param epsilon added to the root of the second moment
   * @param weightDecay the share of the parameter lost in a step, times the learning rate
   */
  record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
      implements Optimizer {
    /** Checks the ranges. */
    public AdamW {
      Ranges.beta("beta1", beta1);
      Ranges.beta("beta2", beta2);
      Ranges.notNegative("epsilon", epsilon);
      Ranges.notNegative("weightDecay", weightDecay);
    }

    /** PyTorch's defaults: 0.9, 0.999, 1e-8, decay 0.01. */
    public static AdamW standard() {
      return new AdamW(0.9, 0.999, 1e-8, 0.01);
    }

    @Override
    public List<String> memory() {
      return List.of("m", "v");
    }

    @Override
    public Step step(Value w, Value gradient, List<Value> memory, Value rate, Value n) {
      Value decayed = w.times(rate.times(-weightDecay).plus(1));
      return new Adam(beta1, beta2, epsilon, 0).step(decayed, gradient, memory, rate, n);
    }
  }

  /**
   * Adamax (Kingma and Ba 2015): Adam with the infinity norm in place of the second moment.
   *
   * @param beta1 how much of the mean gradient is kept
   * @param beta2 how much of the largest gradient is kept
   * @param epsilon added to the size of the gradient
   * @param weightDecay the factor of the parameter in the gradient; 0 for none
   */
  record Adamax(double beta1, double beta2, double epsilon, double weightDecay)
      implements Optimizer {
    /** Checks the ranges. */
    public Adamax {
      Ranges.beta("beta1", beta1);
      Ranges.beta("beta2", beta2);
      Ranges.notNegative("epsilon", epsilon);
      Ranges.notNegative("weightDecay", weightDecay);
    }

    /** PyTorch's defaults: 0.9, 0.999, 1e-8, no decay. */
    public static Adamax standard() {
      return new Adamax(0.9, 0.999, 1e-8, 0);
    }

    @Override
    public List<String> memory() {
      return List.of("m", "u");
    }

    @Override
    public Step step(Value w, Value gradient, List<Value> memory, Value rate, Value n) {
      Value g = gradient.plus(w.times(weightDecay));
      Value m = blend(memory.getFirst(), g, beta1);
      Value u = memory.getLast().times(beta2).max(g.abs().plus(epsilon));
      Value step = rate.over(oneMinusPower(beta1, n));
      return new Step(w.minus(m.times(step).over(u)), List.of(m, u));
    }
  }

  /**
   * Stochastic gradient descent with momentum, without dampening or Nesterov's correction.
   *
   * @param momentum how much of the last step's direction is kept; 0 for none
   * @param weightDecay the factor of the parameter in the gradient; 0 for none
   */
  record Sgd(double momentum, double weightDecay) implements Optimizer {
    /** Checks the ranges. */
    public Sgd {
      Ranges.beta("momentum", momentum);
      Ranges.notNegative("weightDecay", weightDecay);
    }

    @Override
    public List<String> memory() {
      return momentum == 0 ? List.of() : List.of("momentum");
    }

    @Override
    public Step step(Value w, Value gradient, List<Value> memory, Value rate, Value n) {
      Value g = gradient.plus(w.times(weightDecay));
      if (momentum == 0) {
        return new Step(w.minus(g.times(rate)), List.of());
      }
      Value direction = memory.getFirst().times(momentum).plus(g);
      return new Step(w.minus(direction.times(rate)), List.of(direction));
    }
  }

  /** beta old + (1 - beta) now. */
  private static Value blend(Value old, Value now, double beta) {
    return old.times(beta).plus(now.times(1 - beta));
  }

  /** 1 - beta^n, accurate also where beta^n is close to 1. */
  private static Value oneMinusPower(double beta, Value n) {
    Trace g = n.trace();
    return beta == 0 ? g.constant(1) : n.times(StrictMath.log(beta)).expm1().neg();
  }
}
