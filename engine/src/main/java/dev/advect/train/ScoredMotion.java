package dev.advect.train;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Likelihood;
import dev.advect.nn.Parameters;
import dev.advect.solve.Dynamics;
import dev.advect.type.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A sample that moves together with its log-density, from the noise or from data.
 *
 * @param fromData whether it starts at the input {@link #DATA} instead of at the noise
 */
record ScoredMotion(FlowModel model, Divergence divergence, boolean fromData) implements Motion {
  /** The input that data are bound to. */
  static final String DATA = "x";

  private static final String PROBES = "probes";

  @Override
  public List<Value> start(Trace g) {
    Likelihood likelihood = likelihood(g);
    return fromData
        ? likelihood.fromData(g.input(DATA, ValueType.sample(model.dim())))
        : likelihood.fromNoise(Sampling.noise(g, model));
  }

  @Override
  public SequencedMap<String, Value> kept(Trace g) {
    var kept = new LinkedHashMap<String, Value>();
    divergence.probes(g, model.dim()).ifPresent(z -> kept.put(PROBES, z));
    return kept;
  }

  @Override
  public Dynamics dynamics(Trace g, Map<String, Value> kept) {
    return likelihood(g).dynamics(Optional.ofNullable(kept.get(PROBES)));
  }

  /** The equations, in a graph. */
  Likelihood likelihood(Trace g) {
    var parameters = new Parameters(g);
    return new Likelihood(
        (x, t) -> model.velocity(parameters, x, t), divergence, model.flow().baseStd());
  }
}
