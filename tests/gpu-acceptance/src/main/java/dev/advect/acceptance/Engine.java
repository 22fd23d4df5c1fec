package dev.advect.acceptance;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.cli.bench.Speed;
import dev.advect.cli.bench.StandardWorkloads;
import dev.advect.cli.bench.Warmup;
import dev.advect.cli.bench.Workload;
import dev.advect.cli.bench.Workload.LogLikelihood;
import dev.advect.cli.bench.Workload.Net;
import dev.advect.cli.bench.Workload.Sample;
import dev.advect.cli.bench.Workload.Train;
import dev.advect.cuda.Device;
import dev.advect.data.Toy;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.path.Icfm;
import dev.advect.train.FlowMatching;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingOptions;
import dev.advect.verify.Identities;
import dev.advect.verify.Identity;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The engine on a device: the laws it must keep, two equal runs, memory that comes back, and the
 * speeds of the standard workloads.
 *
 * @param device the device that the engine uses
 * @param software whether it is one in software, on which little work is enough
 */
record Engine(Device device, boolean software, Report report) {
  /** What is lost in cycles of opening and closing must stay below this: nothing grows. */
  private static final long LOSS_BYTES = 1 << 20;

  void examine() {
    report.attempt("laws", this::laws);
    report.attempt("determinism", this::determinism);
    report.attempt("leaks", this::leaks);
    report.attempt("speeds", this::speeds);
  }

  private static Backend open() {
    return Backends.open("cuda", BackendOptions.standard()).backend();
  }

  private void laws() {
    try (Backend backend = open()) {
      for (Identity identity : Identities.all()) {
        if (software && !identity.answersTo("device")) {
          continue; // the others say more of the mathematics, and would take minutes
        }
        Identity.Finding finding = identity.check(backend);
        String limit = identity.tolerance().text();
        report.add(
            Finding.checked("laws", identity.name(), finding.measured(), limit, finding.passes()));
      }
    }
  }

  private void determinism() {
    Trained first = train();
    Trained second = train();
    report.add(same("weights of two trainings", first.weights(), second.weights()));
    report.add(same("samples of two draws", first.samples(), second.samples()));
  }

  private static Finding same(String what, float[] first, float[] second) {
    long different =
        IntStream.range(0, first.length)
            .filter(i -> Float.floatToRawIntBits(first[i]) != Float.floatToRawIntBits(second[i]))
            .count();
    return Finding.checked("determinism", what, different, "differences", different == 0);
  }

  /** All numbers of a model, and what it draws. */
  private record Trained(float[] weights, float[] samples) {}

  private Trained train() {
    int rows = 1000;
    float[] moons = Toy.moons().draw(0, rows).values();
    var matching = FlowMatching.of(Mlp.of(2, 64, 3, Activation.SELU), new Icfm(0.1));
    TrainingOptions options = TrainingOptions.standard().withSteps(software ? 5 : 500);
    try (Backend backend = open();
        var trainer = new Trainer(backend, matching, options, moons, rows)) {
      trainer.advance((int) options.steps());
      FlowModel model = trainer.model();
      float[] samples = model.sample(backend, SamplingOptions.standard(), 100);
      return new Trained(joined(model.weights().values()), samples);
    }
  }

  private static float[] joined(Collection<float[]> parts) {
    FloatBuffer all = FloatBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
    parts.forEach(all::put);
    return all.array();
  }

  private void leaks() {
    train();
    long before = freeBytes();
    int cycles = software ? 2 : 20;
    for (int i = 0; i < cycles; i++) {
      train();
    }
    long lost = before - freeBytes();
    report.add(
        Finding.checked(
            "leaks", "lost in %d cycles".formatted(cycles), lost, "bytes", lost < LOSS_BYTES));
  }

  /** The backends that were closed meanwhile have left no device current. */
  private long freeBytes() {
    return device.use().memory().freeBytes();
  }

  private void speeds() {
    Warmup warmup = software ? Warmup.none() : Warmup.standard();
    double seconds = software ? 0 : 3;
    try (Backend backend = open()) {
      for (Workload workload : workloads()) {
        Speed speed = Speed.of(workload, backend, warmup, seconds);
        String unit = workload.unit() + "/s";
        if (workload instanceof Train(Net net, int batch)) {
          double products = Products.seconds(device, net, batch, software ? 0 : 0.05);
          report.add(
              Finding.compared(
                  "training", workload.name(), speed.rate(), unit, 1 / products, "cuBLAS alone"));
        } else {
          report.add(Finding.measured("inference", workload.name(), speed.rate(), unit));
        }
      }
    }
  }

  /** The standard ones that use the device, and larger ones than a CPU would be given. */
  private List<Workload> workloads() {
    var small = new Net(2, 16, 2, Activation.SELU);
    if (software) {
      return List.of(new Train(small, 64), new Sample(small, 64), new LogLikelihood(small, 64));
    }
    var chosen = new ArrayList<Workload>();
    for (Workload workload : StandardWorkloads.all()) {
      if (workload.operations() > 0) {
        chosen.add(workload);
      }
    }
    chosen.add(new Train(new Net(64, 512, 5, Activation.SILU), 16_384));
    chosen.add(new Sample(new Net(2, 64, 3, Activation.SELU), 1_000_000));
    return chosen;
  }
}
