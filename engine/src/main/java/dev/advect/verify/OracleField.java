package dev.advect.verify;

import dev.advect.data.Normalizer;
import dev.advect.graph.Value;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.path.GaussianPath;
import dev.advect.train.Flow;
import dev.advect.train.FlowModel;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * A flow in closed form in the place of a network: a model that needs no training.
 *
 * @param flow the flow
 */
record OracleField(GaussianMixtureFlow flow) implements Field {
  /** From N(0, I) at t = 0 to the mixture at t = 1, along x_t = (1-t) x0 + t x1. */
  static GaussianMixtureFlow linear() {
    return GaussianMixtureFlow.fromNoise(
        new Interpolant.Linear(0, 0), GaussianMixtureFlow.planeData());
  }

  /** The model whose velocity is that of the flow. */
  FlowModel model() {
    return model(Flow.free(this));
  }

  /** The same, learnt on a path, from which its score follows. */
  FlowModel along(GaussianPath path) {
    return model(Flow.along(path, this));
  }

  private static FlowModel model(Flow flow) {
    return new FlowModel(flow, new LinkedHashMap<>(), Normalizer.none(), Optional.empty(), 0, 0);
  }

  @Override
  public int dim() {
    return flow.dim();
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t) {
    return flow.velocity(x, t);
  }

  @Override
  public String json() {
    return "{\"kind\": \"oracle\"}";
  }
}
