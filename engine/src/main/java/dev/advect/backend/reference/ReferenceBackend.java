package dev.advect.backend.reference;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.GraphPrinter;
import dev.advect.type.ValueType;
import java.util.HashMap;
import java.util.Map;

/** The interpreter as a backend: double precision inside, floats at its border. */
final class ReferenceBackend implements Backend {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "double-precision interpreter";
  }

  @Override
  public Executable compile(Graph graph) {
    return new Interpreted(graph);
  }

  @Override
  public void close() {}

  private static final class Interpreted implements Executable {
    private final Graph graph;
    private final Map<String, double[]> inputs = new HashMap<>();
    private final Map<String, float[]> rows = new HashMap<>();
    private Map<String, double[]> results = Map.of();

    Interpreted(Graph graph) {
      this.graph = graph;
      graph
          .inputs()
          .forEach(
              (name, type) -> {
                if (!type.sampled()) {
                  inputs.put(name, new double[type.size()]);
                }
              });
    }

    @Override
    public Graph graph() {
      return graph;
    }

    @Override
    public void set(String input, float[] values) {
      ValueType type = require(input, false);
      if (values.length != type.size()) {
        throw new IllegalArgumentException(
            "'%s' : %s needs %d numbers, got %d"
                .formatted(input, type, type.size(), values.length));
      }
      inputs.put(input, doubles(values));
    }

    @Override
    public float[] get(String input) {
      require(input, false);
      return floats(inputs.get(input));
    }

    @Override
    public void bind(String input, float[] rows) {
      require(input, true);
      this.rows.put(input, rows);
    }

    private ValueType require(String input, boolean sampled) {
      ValueType type = graph.inputs().get(input);
      if (type == null || type.sampled() != sampled) {
        throw new IllegalArgumentException(
            "there is no %s input '%s', only %s"
                .formatted(sampled ? "per-sample" : "shared", input, graph.inputs()));
      }
      return type;
    }

    @Override
    public void run(Slice slice, long seed) {
      var all = new HashMap<>(inputs);
      rows.forEach((name, r) -> all.put(name, doubles(r)));
      Interpreter.Outcome outcome = Interpreter.run(graph, all, slice, seed);
      results = outcome.results();
      // What is kept between runs is kept as floats, so that a saved state goes on bit for bit.
      outcome.updates().forEach((name, values) -> inputs.put(name, doubles(floats(values))));
    }

    @Override
    public float[] result(String name) {
      double[] result = results.get(name);
      if (result == null) {
        throw new IllegalArgumentException(
            "there is no result '%s', only %s".formatted(name, results.keySet()));
      }
      return floats(result);
    }

    @Override
    public String explain() {
      return GraphPrinter.print(graph);
    }

    @Override
    public void close() {}

    private static double[] doubles(float[] a) {
      double[] out = new double[a.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = a[i];
      }
      return out;
    }

    private static float[] floats(double[] a) {
      float[] out = new float[a.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) a[i];
      }
      return out;
    }
  }
}
