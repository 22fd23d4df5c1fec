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

  @Override
  void close();
}
