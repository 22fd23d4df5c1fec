package dev.advect.backend.cpu;

/** Turns a square of floats. Public only so that a generated class can implement it. */
public interface Turn {
  /** See {@link Kernels#turn}. */
  void run(float[] from, int at, int pitch, float[] to, int to0, int toPitch);
}
