package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.data.Normalizer;
import dev.advect.file.Tensor;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.path.Icfm;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.Flow;
import dev.advect.train.FlowMatching;
import dev.advect.train.FlowModel;
import dev.advect.train.MaximumLikelihood;
import dev.advect.train.Objective;
import dev.advect.train.SamplingOptions;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingOptions;
import dev.advect.train.TrainingState;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Laws of devices: they compute what the interpreter computes, and go on bit for bit. */
final class DeviceIdentities {
  private static final Mlp FIELD = Mlp.of(2, 24, 2, Activation.SELU);
  private static final Objective MATCHING = FlowMatching.of(FIELD, new Icfm(0.1));

  private static final Objective LIKELIHOOD =
      MaximumLikelihood.of(FIELD, Divergence.hutchinson(2), Solver.of(Tableau.MIDPOINT, 4));
  private static final int ROWS = 50;

  private DeviceIdentities() {}

  static List<Identity> all() {
    return List.of(
        operations(OpCases.all(), UnaryOperator.identity()),
        agreement("gradient", "the gradient of a training step", DeviceIdentities::gradient),
        agreement(
            "gradient.cnf",
            "the gradient of a normalizing flow's likelihood",
            DeviceIdentities::gradientOfLikelihood),
        agreement("weights", "the weights after 5 steps", DeviceIdentities::weights),
        agreement("samples", "200 samples by 16 midpoint steps", DeviceIdentities::samples),
        agreement(
            "likelihood", "200 log-densities by 16 Euler steps", DeviceIdentities::likelihood),
        slices(DeviceIdentities::drawn),
        resume(UnaryOperator.identity()));
  }

  /** Every operation in every shape, and what its derivatives are made of. */
  static Identity operations(List<OpCase> cases, UnaryOperator<float[]> distortion) {
    return new Identity(
        "device.operations",
        "%d operations in all forms, their values, cotangents and tangents on the device are those of the double-precision interpreter: largest difference over what rounding may make it"
            .formatted(cases.size()),
        "the interpreter is the meaning of every operation",
        new Tolerance.AtMost(1),
        "1e-6 of the largest number, and what a sum of so many floats may lose",
        device -> {
          double largest = 0;
          for (OpCase c : cases) {
            for (OpParity.Worst worst : OpParity.of(c, device, distortion)) {
              largest = Math.max(largest, worst.excess());
            }
          }
          return largest;
        });
  }

  /** A figure of a device is that of the interpreter. */
  static Identity agreement(String name, String what, Function<Backend, float[]> figure) {
    return new Identity(
        "device." + name,
        what
            + " on the device are those of the double-precision interpreter: largest difference"
            + " over the largest number",
        "the interpreter is the meaning of every operation",
        new Tolerance.AtMost(1e-4),
        "float32 (6e-8 an operation) through a network of three layers and its gradient",
        device -> {
          double[] found = Reference.doubles(figure.apply(device));
          try (Backend reference =
              Backends.open("reference", BackendOptions.standard()).backend()) {
            double[] expected = Reference.doubles(figure.apply(reference));
            double scale = Reference.largestDifference(expected, new double[expected.length]);
            return Reference.largestDifference(found, expected) / scale;
          }
        });
  }

  private static TrainingOptions options(Optimizer optimizer, double rate, double ema) {
    return new TrainingOptions(100, 60, ema, 3, optimizer, rate, new Schedule.Constant(), 0);
  }

  private static Trainer trainer(Backend device, Objective objective, TrainingOptions options) {
    float[] rows = Reference.floats(GaussianMixtureFlow.planeData().samples(5, ROWS));
    return new Trainer(device, objective, options, rows, ROWS);
  }

  /** w - (w - g), for one step of gradient descent with rate 1. */
  private static float[] gradient(Backend device, Objective objective) {
    try (Trainer trainer = trainer(device, objective, options(new Optimizer.Sgd(0, 0), 1, 0))) {
      float[] before = flat(trainer.state());
      trainer.advance(1);
      float[] after = flat(trainer.state());
      for (int i = 0; i < before.length; i++) {
        before[i] -= after[i];
      }
      return before;
    }
  }

  static float[] gradient(Backend device) {
    return gradient(device, MATCHING);
  }

  static float[] gradientOfLikelihood(Backend device) {
    return gradient(device, LIKELIHOOD);
  }

  static float[] weights(Backend device) {
    try (Trainer trainer = trainer(device, MATCHING, options(new Optimizer.Sgd(0.9, 0), 0.05, 0))) {
      trainer.advance(5);
      return flat(trainer.state());
    }
  }

  private static float[] flat(TrainingState state) {
    List<Tensor> tensors = List.copyOf(state.tensors().values());
    float[] all = new float[tensors.stream().mapToInt(t -> t.floats().length).sum()];
    int at = 0;
    for (Tensor tensor : tensors) {
      System.arraycopy(tensor.floats(), 0, all, at, tensor.floats().length);
      at += tensor.floats().length;
    }
    return all;
  }

  private static FlowModel model() {
    return new FlowModel(
        Flow.along(new Icfm(0.1), FIELD),
        Parameters.of(FIELD).initial(7),
        Normalizer.none(),
        Optional.empty(),
        7,
        0);
  }

  static float[] samples(Backend device) {
    return model().sample(device, new SamplingOptions(Solver.of(Tableau.MIDPOINT, 16), 1), 200);
  }

  static float[] likelihood(Backend device) {
    float[] rows = Reference.floats(GaussianMixtureFlow.planeData().samples(6, 200));
    return Reference.floats(
        model().logLikelihood(device, rows, Solver.euler(16), Divergence.exact(), 0).logDensity());
  }

  /** Draws some samples of a batch of 100. */
  interface Draw {
    float[] rows(Backend device, Slice slice);
  }

  /** Samples of a batch are the same however it is cut. */
  static Identity slices(Draw draw) {
    return new Identity(
        "device.slices",
        "100 samples drawn at once are those drawn in slices of 33, 1 and 66: numbers that differ"
            + " in any bit",
        "draws are functions of seed, purpose, step and sample (Salmon et al. 2011)",
        new Tolerance.AtMost(0),
        "the same operations on the same numbers",
        device -> {
          float[] whole = draw.rows(device, Slice.batch(100, 0));
          float[] parts = new float[whole.length];
          int at = 0;
          for (Slice slice :
              List.of(
                  new Slice(0, 33, 100, 0), new Slice(33, 1, 100, 0), new Slice(34, 66, 100, 0))) {
            float[] part = draw.rows(device, slice);
            System.arraycopy(part, 0, parts, at, part.length);
            at += part.length;
          }
          return differing(whole, parts);
        });
  }

  /** Noise, and where the network moves it. */
  static float[] drawn(Backend device, Slice slice) {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value x = g.normal(Purpose.SAMPLE_NOISE, 2);
    Value moved = x.plus(FIELD.velocity(parameters, x, g.uniform(Purpose.TIME)));
    try (Executable program = device.compile(Graph.of("drawn", moved))) {
      parameters.initial(7).forEach(program::set);
      program.run(slice, 1);
      return program.result("result");
    }
  }

  /** Three steps, a new training from the state, three more: as six steps without a stop. */
  static Identity resume(UnaryOperator<TrainingState> keep) {
    return new Identity(
        "device.resume",
        "3 steps, a new training from the kept state and 3 more are 6 steps: numbers of the state"
            + " that differ in any bit",
        "draws are functions of seed, purpose, step and sample (Salmon et al. 2011)",
        new Tolerance.AtMost(0),
        "the same operations on the same numbers",
        device -> {
          TrainingOptions options = options(Optimizer.Adam.standard(), 1e-3, 0.99);
          TrainingState whole;
          TrainingState half;
          try (Trainer trainer = trainer(device, MATCHING, options)) {
            trainer.advance(3);
            half = keep.apply(trainer.state());
            trainer.advance(3);
            whole = trainer.state();
          }
          try (Trainer trainer = trainer(device, MATCHING, options)) {
            trainer.restore(half);
            trainer.advance(3);
            return differing(flat(whole), flat(trainer.state()));
          }
        });
  }

  private static int differing(float[] a, float[] b) {
    int count = Math.abs(a.length - b.length);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      count += Float.floatToRawIntBits(a[i]) == Float.floatToRawIntBits(b[i]) ? 0 : 1;
    }
    return count;
  }
}
