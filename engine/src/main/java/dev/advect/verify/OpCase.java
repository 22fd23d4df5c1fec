package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * One primitive in one shape: its inputs, how it is built, and where its inputs may lie. Every case
 * runs on every backend: value, vjp, jvp.
 *
 * @param name what the report calls it
 * @param inputs their types
 * @param domains where each input's numbers lie
 * @param build the value under test
 */
record OpCase(
    String name,
    List<ValueType> inputs,
    List<Domain> domains,
    BiFunction<Trace, List<Value>, Value> build) {

  /** Where the numbers of an input lie. */
  enum Domain {
    /** Normal, and at least 0.05 away from the kinks at 0. */
    ANY,
    /** Between 0.3 and 2. */
    POSITIVE,
    /** Whole numbers from 0 to 4. */
    INDEX,
    /** Zeros and ones; not differentiated. */
    CONDITION
  }

  static OpCase of(
      String name, List<ValueType> inputs, BiFunction<Trace, List<Value>, Value> build) {
    return new OpCase(name, inputs, inputs.stream().map(_ -> Domain.ANY).toList(), build);
  }

  OpCase with(Domain... domains) {
    return new OpCase(name, inputs, List.of(domains), build);
  }

  /** The inputs as values of a trace, named in0, in1, ... */
  List<Value> trace(Trace g) {
    var values = new ArrayList<Value>();
    for (int i = 0; i < inputs.size(); i++) {
      values.add(g.input("in" + i, inputs.get(i)));
    }
    return values;
  }

  /** Numbers for input i: floats, so that every backend sees the same. */
  float[] numbers(int i, int samples, Random random) {
    ValueType t = inputs.get(i);
    float[] out = new float[t.size() * (t.sampled() ? samples : 1)];
    for (int k = 0; k < out.length; k++) {
      out[k] =
          switch (domains.get(i)) {
            case ANY -> {
              float x = (float) random.nextGaussian();
              yield Math.abs(x) < 0.05f ? Math.copySign(0.05f, x) + x : x;
            }
            case POSITIVE -> 0.3f + 1.7f * random.nextFloat();
            case INDEX -> random.nextInt(5);
            case CONDITION -> random.nextInt(2);
          };
    }
    return out;
  }

  boolean isDifferentiable(int i) {
    return domains.get(i) == Domain.ANY || domains.get(i) == Domain.POSITIVE;
  }

  @Override
  public String toString() {
    return name;
  }
}
