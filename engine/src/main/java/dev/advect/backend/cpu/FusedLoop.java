package dev.advect.backend.cpu;

/** A compiled {@link Region}. Public only so that generated classes can implement it. */
public interface FusedLoop {
  /**
   * Runs the region over panels q0 to q1 and features f0 to f1 (or, if flat, over floats f0 to f1).
   *
   * @param arrays one for each operand
   * @param offsets where each operand begins in its array
   * @param strides floats from one panel of an operand to the next
   * @param maps the feature maps of mapped operands
   * @param valid samples that exist in panel q1-1; all exist in earlier ones
   */
  void run(
      float[][] arrays,
      int[] offsets,
      int[] strides,
      int[][] maps,
      int q0,
      int q1,
      int f0,
      int f1,
      int valid);

  /** The loop to run: this one, or another that has taken over from it. */
  default FusedLoop current() {
    return this;
  }
}
