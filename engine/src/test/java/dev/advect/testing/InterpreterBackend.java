package dev.advect.testing;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import java.util.HashMap;
import java.util.Map;

/** The interpreter as a backend: exact arithmetic between arrays of floats. */
public final class InterpreterBackend implements Backend {
  private int open;
  private long expected;

  /** How many executables are not closed. */
  public int open() {
    return open;
  }

  /** How many samples executables were told to expect. */
  public long expected() {
    return expected;
  }

  @Override
  public String name() {
    return "interpreter";
  }

  @Override
  public String description() {
    return "double precision, for tests";
  }

  @Override
  public Executable compile(Graph graph) {
    open++;
    return new Program(graph);
  }

  @Override
  public void close() {}

  private final class Program implements Executable {
    private final Graph graph;
    private final Map<String, double[]> inputs = new HashMap<>();
    private final Map<String, float[]> bound = new HashMap<>();
    private Map<String, double[]> results = Map.of();

    Program(Graph graph) {
      this.graph = graph;
    }

    @Override
    public Graph graph() {
      return graph;
    }

    @Override
    public void expect(long samples) {
      expected += samples;
    }

    @Override
    public void set(String input, float[] values) {
      requireShared(input, values.length);
      inputs.put(input, Numbers.doubles(values));
    }

    @Override
    public float[] get(String input) {
      requireShared(input, graph.inputs().get(input).size());
      return Numbers.floats(inputs.get(input));
    }

    private void requireShared(String input, int length) {
      var type = graph.inputs().get(input);
      if (type == null || type.sampled() || type.size() != length) {
        throw new IllegalArgumentException(
            "input '%s' is %s and was given %d numbers".formatted(input, type, length));
      }
    }

    @Override
    public void bind(String input, float[] rows) {
      if (!graph.inputs().containsKey(input)) {
        throw new IllegalArgumentException("there is no input '%s'".formatted(input));
      }
      bound.put(input, rows);
    }

    @Override
    public void run(Slice slice, long seed) {
      bound.forEach((name, rows) -> inputs.put(name, Numbers.doubles(rows)));
      var outcome = Interpreter.run(graph, inputs, slice, seed);
      results = outcome.results();
      outcome.updates().forEach((name, x) -> inputs.put(name, Numbers.doubles(Numbers.floats(x))));
    }

    @Override
    public float[] result(String name) {
      return Numbers.floats(results.get(name));
    }

    @Override
    public String explain() {
      return graph.toString();
    }

    @Override
    public void close() {
      open--;
    }
  }
}
