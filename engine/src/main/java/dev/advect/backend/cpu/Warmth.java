package dev.advect.backend.cpu;

/**
 * Whether there is work enough that getting code on vectors compiled pays.
 *
 * <p>It takes the just-in-time compiler a good second of one core, in which code on plain floats
 * does some billions of operations: who asks for less is served sooner without.
 */
final class Warmth {
  /** Operations that are worth it: a second or two on plain floats. */
  private static final double ENOUGH = 4e9;

  private volatile double work;

  /** Takes note of operations that are about to be done. */
  void expect(double operations) {
    work += operations; // of two programs at a time one may be lost; it need not be exact
  }

  boolean isEnough() {
    return work >= ENOUGH;
  }
}
