package dev.advect.backend.cpu;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What was done, which JMH divides by the time it took: a nanosecond being its unit, {@code flop}
 * reads as GFLOP/s and {@code elements} as 10^9 elements a second.
 */
public final class Work {
  private Work() {}

  /** Floating-point operations, two for a multiply-add. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Flops {
    /** Operations done. */
    public double flop;

    /** None so far. */
    public Flops() {}
  }

  /** Elements of a result. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Elements {
    /** Elements made. */
    public double elements;

    /** None so far. */
    public Elements() {}
  }
}
