package dev.advect.autodiff;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A derivative kept as a sum of base times factor.
 *
 * <p>While a derivative crosses an elementwise region only the factor grows, and the factor does
 * not mention the base: it can be computed in the forward pass, next to the product that feeds the
 * region, and only one value for each activation survives to the backward pass.
 */
final class Terms {
  private final Map<Value, Value> factors = new LinkedHashMap<>();

  static Terms of(Value base) {
    var terms = new Terms();
    terms.add(base, one(base));
    return terms;
  }

  void add(Value base, Value factor) {
    if (!base.is(0) && !factor.is(0)) {
      factors.merge(base, factor, Value::plus);
    }
  }

  /** Adds every term of another derivative times a partial derivative. */
  void addScaled(Terms other, Value partial) {
    other.factors.forEach((base, factor) -> add(base, factor.times(partial)));
  }

  boolean isZero() {
    return factors.isEmpty();
  }

  boolean isSingle() {
    return factors.size() == 1;
  }

  /** The derivative as one value. */
  Value total() {
    return factors.entrySet().stream()
        .map(e -> e.getKey().times(e.getValue()))
        .reduce(Value::plus)
        .orElseThrow();
  }

  private static Value one(Value v) {
    Trace g = v.trace();
    return g.ones(v.type());
  }
}
