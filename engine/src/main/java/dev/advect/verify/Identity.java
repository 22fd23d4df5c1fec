package dev.advect.verify;

import dev.advect.backend.Backend;
import java.util.function.ToDoubleFunction;

/**
 * A law of the mathematics and a function that measures how well it holds.
 *
 * <p>What is measured in double precision takes the interpreter; what is measured in float32 takes
 * the device that is given. The figure is a function of the device alone: every draw has a fixed
 * seed.
 *
 * @param name its name; what stands before the first dot is its group
 * @param law what must hold, and what is measured
 * @param source where it is from
 * @param tolerance what the figure may be
 * @param reason why the tolerance has its size
 * @param measure the figure
 */
public record Identity(
    String name,
    String law,
    String source,
    Tolerance tolerance,
    String reason,
    ToDoubleFunction<Backend> measure) {
  /**
   * A measured figure.
   *
   * @param identity of which law
   * @param measured the figure
   * @param seconds how long it took
   */
  public record Finding(Identity identity, double measured, double seconds) {
    /** Whether the law was found to hold. */
    public boolean passes() {
      return identity.tolerance.allows(measured);
    }
  }

  /** Measures it. */
  public Finding check(Backend device) {
    long begin = System.nanoTime();
    double measured = measure.applyAsDouble(device);
    return new Finding(this, measured, (System.nanoTime() - begin) / 1e9);
  }

  /** Whether a name asks for it: its own name or that of a group it is in. */
  public boolean answersTo(String asked) {
    return name.equals(asked) || name.startsWith(asked + ".");
  }
}
