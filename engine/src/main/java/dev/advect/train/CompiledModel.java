package dev.advect.train;

import dev.advect.backend.Backend;
import dev.advect.graph.Graph;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.likelihood.VolumeChange;
import dev.advect.solve.Solved;
import dev.advect.solve.Solver;
import dev.advect.train.FlowModel.EnergySamples;
import dev.advect.train.FlowModel.ScoredSamples;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A model on a device, for who asks it more than once: each program is compiled when it is first
 * wanted and kept until this is closed, so that a call for few samples costs no more for each of
 * them than a call for many.
 *
 * <p>Its methods are those of {@link FlowModel} of the same names, with the same results to the
 * last bit. A program is kept for each solver and each divergence that was asked for; seeds and
 * numbers of rows need no program of their own. Used by one thread at a time; closing it does not
 * close the backend.
 */
public final class CompiledModel implements AutoCloseable {
  private final Backend backend;
  private final FlowModel model;
  private final Map<List<Object>, ModelProgram> programs = new HashMap<>();

  CompiledModel(Backend backend, FlowModel model) {
    this.backend = backend;
    this.model = model;
  }

  /** The model. */
  public FlowModel model() {
    return model;
  }

  /** A program by what determines its graph, which is made if it is not there yet. */
  ModelProgram program(List<Object> key, Supplier<Graph> graph) {
    ModelProgram program = programs.get(key);
    if (program == null) {
      program = new ModelProgram(backend, model, graph.get());
      programs.put(key, program);
    }
    return program;
  }

  /** As {@link FlowModel#velocityAt}. */
  public float[] velocityAt(float[] points, double t) {
    return new Evaluation(this, "velocity").at(points, t, model.flow()::velocity);
  }

  /** As {@link FlowModel#scoreAt}. */
  public float[] scoreAt(float[] points, double t) {
    return new Evaluation(this, "score").at(points, t, model.flow()::score);
  }

  /** As {@link FlowModel#sample}. */
  public float[] sample(SamplingOptions options, int n) {
    return draw(options, n).result();
  }

  /** As {@link FlowModel#draw}. */
  public Solved<float[]> draw(SamplingOptions options, int n) {
    return new Sampling(this, options).samples(n);
  }

  /** As {@link FlowModel#sampleTrajectory}. */
  public float[] sampleTrajectory(SamplingOptions options, int n) {
    return drawTrajectory(options, n).result();
  }

  /** As {@link FlowModel#drawTrajectory}. */
  public Solved<float[]> drawTrajectory(SamplingOptions options, int n) {
    return new Sampling(this, options).trajectories(n);
  }

  /** As {@link FlowModel#drawAt}. */
  public Solved<float[]> drawAt(SamplingOptions options, int n, double... times) {
    return new Sampling(this, options).samplesAt(times, n);
  }

  /** As {@link FlowModel#sampleWithEnergy}. */
  public EnergySamples sampleWithEnergy(SamplingOptions options, int n) {
    return new EnergySampling(this, options).samples(n);
  }

  /** As {@link FlowModel#sampleWithLikelihood}. */
  public ScoredSamples sampleWithLikelihood(SamplingOptions options, int n, VolumeChange change) {
    return drawWithLikelihood(options, n, change).result();
  }

  /** As {@link FlowModel#drawWithLikelihood}. */
  public Solved<ScoredSamples> drawWithLikelihood(
      SamplingOptions options, int n, VolumeChange change) {
    return switch (change) {
      case Divergence divergence -> new Scoring(this, divergence).sample(options, n);
      case VolumeChange.DiscreteExact _ ->
          new EulerScoring(this, options.solver()).sample(n, options.seed());
    };
  }

  /** As {@link FlowModel#logLikelihood}. */
  public Scores logLikelihood(float[] rows, Solver solver, VolumeChange change, long seed) {
    return score(rows, solver, change, seed).result();
  }

  /** As {@link FlowModel#score}. */
  public Solved<Scores> score(float[] rows, Solver solver, VolumeChange change, long seed) {
    return switch (change) {
      case Divergence divergence -> new Scoring(this, divergence).score(rows, solver, seed);
      case VolumeChange.DiscreteExact _ -> new EulerScoring(this, solver).score(rows);
    };
  }

  /** Gives back what the programs hold on the device. */
  @Override
  public void close() {
    programs.values().forEach(ModelProgram::close);
    programs.clear();
  }
}
