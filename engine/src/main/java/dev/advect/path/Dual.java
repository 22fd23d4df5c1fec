package dev.advect.path;

/**
 * A number and its derivative by the time, for checking formulas where they are read.
 *
 * <p>The rules are those of forward-mode differentiation, written down without simplification: at a
 * point where a formula's derivative is not finite in a graph, it is not finite here.
 *
 * @param value the number
 * @param rate its derivative; NaN or infinite where there is none
 * @param constant whether it does not depend on the time at all, so that nothing follows from rate
 */
record Dual(double value, double rate, boolean constant) {
  static Dual constant(double value) {
    return new Dual(value, 0, true);
  }

  /** The time itself. */
  static Dual time(double t) {
    return new Dual(t, 1, false);
  }

  boolean isFinite() {
    return Double.isFinite(value) && Double.isFinite(rate);
  }

  /** f(this), given f's value and slope here. */
  private Dual map(double value, double slope) {
    return new Dual(value, term(slope), constant);
  }

  /** rate times a slope, where a constant has none however steep the slope. */
  private double term(double slope) {
    return constant ? 0 : rate * slope;
  }

  /** f(this, y), given f's value and partial derivatives here. */
  private Dual with(Dual y, double value, double byThis, double byY) {
    return new Dual(value, term(byThis) + y.term(byY), constant && y.constant);
  }

  Dual plus(Dual y) {
    return with(y, value + y.value, 1, 1);
  }

  Dual minus(Dual y) {
    return with(y, value - y.value, 1, -1);
  }

  Dual times(Dual y) {
    return with(y, value * y.value, y.value, value);
  }

  Dual over(Dual y) {
    return with(y, value / y.value, 1 / y.value, -value / y.value / y.value);
  }

  Dual min(Dual y) {
    double share = value < y.value ? 1 : value == y.value ? 0.5 : 0;
    return with(y, Math.min(value, y.value), share, 1 - share);
  }

  Dual max(Dual y) {
    double share = value > y.value ? 1 : value == y.value ? 0.5 : 0;
    return with(y, Math.max(value, y.value), share, 1 - share);
  }

  Dual pow(Dual y) {
    double power = Math.pow(value, y.value);
    double slope = y.value == 0 ? 0 : y.value * Math.pow(value, y.value - 1);
    return with(y, power, slope, power * Math.log(value));
  }

  Dual neg() {
    return map(-value, -1);
  }

  Dual abs() {
    return map(Math.abs(value), Math.signum(value));
  }

  Dual exp() {
    return map(Math.exp(value), Math.exp(value));
  }

  Dual log() {
    return map(Math.log(value), 1 / value);
  }

  Dual sqrt() {
    return map(Math.sqrt(value), 0.5 / Math.sqrt(value));
  }

  Dual sin() {
    return map(Math.sin(value), Math.cos(value));
  }

  Dual cos() {
    return map(Math.cos(value), -Math.sin(value));
  }

  Dual tan() {
    return sin().over(cos());
  }

  Dual tanh() {
    double y = Math.tanh(value);
    return map(y, 1 - y * y);
  }
}
