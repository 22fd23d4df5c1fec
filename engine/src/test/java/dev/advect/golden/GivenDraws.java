package dev.advect.golden;

import dev.advect.coupling.Coupling;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.path.PathSample;
import dev.advect.train.FlowMatching;
import dev.advect.type.ValueType;
import java.util.List;

/**
 * Flow matching with per-sample inputs {@code t, x0, x1, eps} in place of its draws: the same loss,
 * for numbers that another program has too.
 */
final class GivenDraws {
  /** The names of the inputs; a path that does without x0 leaves that one out. */
  static final List<String> INPUTS = List.of("t", "x0", "x1", "eps");

  private GivenDraws() {}

  static FlowMatching matching(Field field, GaussianPath path) {
    return FlowMatching.of(new AtGivenTime(field), new WithGivenNoise(path))
        .withCoupling(new GivenPair(field.dim()));
  }

  private static Value time(Trace g) {
    return g.input("t", ValueType.sample());
  }

  private record AtGivenTime(Field field) implements Field {
    @Override
    public int dim() {
      return field.dim();
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      return field.velocity(parameters, x, time(x.trace()));
    }

    @Override
    public String json() {
      return field.json();
    }
  }

  private record WithGivenNoise(GaussianPath path) implements GaussianPath {
    @Override
    public Value mean(Value t, Value x0, Value x1) {
      return path.mean(t, x0, x1);
    }

    @Override
    public Value std(Value t) {
      return path.std(t);
    }

    /** Lets every path be used with a coupling that is not the independent one. */
    @Override
    public boolean usesSource() {
      return true;
    }

    @Override
    public PathSample sample(Value t, Value x0, Value x1, Value eps) {
      Trace g = t.trace();
      return path.sample(time(g), x0, x1, g.input("eps", eps.type()));
    }

    @Override
    public String json() {
      return path.json();
    }
  }

  private record GivenPair(int dim) implements Coupling {
    @Override
    public Pair pair(Value data) {
      Trace g = data.trace();
      ValueType type = ValueType.sample(dim);
      return new Pair(g.input("x0", type), g.input("x1", type), g.constant(0, ValueType.sample()));
    }

    @Override
    public String json() {
      return "{\"kind\": \"given\"}";
    }
  }
}
