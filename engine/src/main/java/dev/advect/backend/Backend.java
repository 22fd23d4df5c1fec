package dev.advect.backend;

import dev.advect.graph.Graph;

/** An open device; owns its threads or streams, and is closed when no longer needed. */
public interface Backend extends AutoCloseable {
  /** The name used with {@code --device}. */
  String name();

  /** One line: what it runs on and how. */
  String description();

  /** Compiles a graph. The program runs for any number of samples. */
  Executable compile(Graph graph);

  /**
   * The floating-point operations a second that all workers together reach in multiply-adds, two
   * operations each, of float32 that stay in registers and first-level cache: what no program does
   * better. 0 where it is not known. It is measured anew by each call, which takes a second or a
   * few.
   */
  default double peakFlops() {
    return 0;
  }

  @Override
  void close();
}
