package dev.advect.cli.run;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.Configs;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Generator;
import dev.advect.metric.Estimate;
import dev.advect.metric.Wasserstein;
import dev.advect.oracle.EmpiricalFlow;
import dev.advect.random.Draws;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import dev.advect.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The comparison of couplings that papers on flow matching make in the plane (Tong et al. 2024,
 * arXiv 2302.00482, table 2): W2 and NPE of OT-CFM, I-CFM and FM, from noise to eight Gaussians and
 * to moons.
 *
 * @param options how much of it
 */
public record TransportTable(Options options) {
  private static final List<String> DATA = List.of("8gaussians", "moons");
  private static final double SIGMA = 0.1;
  private static final int EULER_STEPS = 100;
  private static final int DIM = 2;

  /**
   * How much is computed.
   *
   * @param seeds trainings of each method
   * @param steps of a training
   * @param rows points of a set
   * @param draws sets for each trained model
   */
  public record Options(int seeds, int steps, int rows, int draws) {}

  private enum Method {
    OT_CFM("OT-CFM", "coupling=exact-ot"),
    I_CFM("I-CFM", "coupling=independent"),
    FM("FM", "coupling=independent", "path={kind: ot, sigma: " + SIGMA + "}");

    private final String title;
    private final List<String> assignments;

    Method(String title, String... assignments) {
      this.title = title;
      this.assignments = List.of(assignments);
    }
  }

  /** What a trained model came to. */
  private record Trained(double w2, double npe) {}

  /** What the sets of one seed come to without a model. */
  private record Sets(List<float[]> reference, double floor, double transport) {}

  /** The least loss on fresh pairs, and the mean of |x1 - x0|^2 over them. */
  private record Identity(double leastLoss, double displacement) {
    double npe(double transport) {
      return Math.abs(displacement - leastLoss - transport) / transport;
    }
  }

  /** Trains and measures everything; the table as Markdown. */
  public String make(Backend backend, Console console) {
    var text = new StringBuilder("# From noise to points of the plane\n\n");
    text.append(protocol());
    text.append(
        "| data | method | W2 | floor of W2 | W2 - floor | NPE | NPE* |\n"
            + "|---|---|---|---|---|---|---|\n");
    var identities = new StringBuilder();
    for (String name : DATA) {
      Generator generator = generator(name);
      List<Sets> sets = new ArrayList<>();
      for (int seed = 0; seed < options.seeds; seed++) {
        sets.add(sets(generator, seed));
      }
      double transport = mean(sets.size(), s -> sets.get(s).transport);
      Identity identity = identity(generator);
      identities.append(describe(name, identity, sets));
      for (Method method : Method.values()) {
        var trained = new ArrayList<Trained>();
        for (int seed = 0; seed < options.seeds; seed++) {
          Trained result = train(backend, name, method, seed, sets.get(seed));
          console.say(
              String.format(
                  Locale.ROOT,
                  "%s, %s, seed %d: W2 %.4f (floor %.4f), NPE %.4f",
                  name,
                  method.title,
                  seed,
                  result.w2,
                  sets.get(seed).floor,
                  result.npe));
          trained.add(result);
        }
        text.append(row(name, method, trained, sets, identity.npe(transport)));
      }
    }
    return text.append("\n").append(identities).append("\n").append(explanation()).toString();
  }

  private static Generator generator(String name) {
    return switch (DataSets.named(name)) {
      case Generator generator -> generator;
      case DataSet.Finite finite -> throw new IllegalStateException(finite.name());
    };
  }

  private static Config config(String data, Method method, OptionalLong steps, long seed) {
    var assignments = new ArrayList<>(method.assignments);
    assignments.add("sampling={solver: euler, steps: %d}".formatted(EULER_STEPS));
    var changes = new Configs.Changes(assignments, steps, OptionalLong.of(seed));
    return Configs.load(data + "-ot", changes).config();
  }

  private Trained train(Backend backend, String data, Method method, int seed, Sets sets) {
    Setup setup = Setup.of(config(data, method, OptionalLong.of(options.steps), seed));
    FlowModel model;
    try (Trainer trainer = setup.trainer(backend)) {
      trainer.advance(options.steps);
      model = setup.model(trainer.model());
    }
    var energies = new double[options.draws];
    var samples = new ArrayList<float[]>();
    for (int d = 0; d < options.draws; d++) {
      var how = new SamplingOptions(Solver.euler(EULER_STEPS), d);
      FlowModel.EnergySamples drawn = model.sampleWithEnergy(backend, how, options.rows);
      samples.add(drawn.samples());
      energies[d] = mean(options.rows, i -> drawn.energy()[i]);
    }
    double[] w2 =
        each(options.draws, d -> Wasserstein.distance(samples.get(d), sets.reference.get(d), DIM));
    double energy = Estimate.of(energies).mean();
    return new Trained(Estimate.of(w2).mean(), Math.abs(energy - sets.transport) / sets.transport);
  }

  /** Points that no training of the seed sees, and how far apart two sets of them are. */
  private Sets sets(Generator generator, int seed) {
    int n = options.rows;
    long first = config(generator.name(), Method.I_CFM, OptionalLong.empty(), seed).data().points();
    var reference = new ArrayList<float[]>();
    var others = new ArrayList<float[]>();
    for (int d = 0; d < options.draws; d++) {
      reference.add(generator.rows(seed, first + 2L * d * n, n).values());
      others.add(generator.rows(seed, first + (2L * d + 1) * n, n).values());
    }
    double floor =
        mean(options.draws, d -> Wasserstein.distance(others.get(d), reference.get(d), DIM));
    double transport =
        mean(
            options.draws,
            d -> {
              float[] noise = Draws.normal(seed, Purpose.REFERENCE_SOURCE, d, n, DIM);
              return Wasserstein.squared(noise, reference.get(d), DIM);
            });
    return new Sets(reference, floor, transport);
  }

  /** L* of I-CFM by the posterior mean over rows that the fresh pairs are not among. */
  private Identity identity(Generator generator) {
    int rows = 5 * options.rows;
    int pairs = 10 * options.rows;
    var flow = new EmpiricalFlow(generator.draw(0, rows).values(), DIM, SIGMA);
    float[] data = generator.rows(0, rows, pairs).values();
    float[] noise = Draws.normal(0, Purpose.SOURCE, 0, pairs, DIM);
    float[] eps = Draws.normal(0, Purpose.PATH_NOISE, 0, pairs, DIM);
    float[] times = Draws.uniform(0, Purpose.TIME, 0, pairs);
    double loss =
        mean(
            pairs,
            i -> {
              double t = times[i];
              double[] x = new double[DIM];
              for (int k = 0; k < DIM; k++) {
                int at = i * DIM + k;
                x[k] = (1 - t) * noise[at] + t * data[at] + SIGMA * eps[at];
              }
              double[] v = flow.velocity(x, t);
              double sum = 0;
              for (int k = 0; k < DIM; k++) {
                double rest = data[i * DIM + k] - noise[i * DIM + k] - v[k];
                sum += rest * rest;
              }
              return sum;
            });
    double displacement =
        mean(
            pairs,
            i -> {
              double sum = 0;
              for (int k = 0; k < DIM; k++) {
                double step = data[i * DIM + k] - (double) noise[i * DIM + k];
                sum += step * step;
              }
              return sum;
            });
    return new Identity(loss, displacement);
  }

  /** Values that do not depend on the threads that compute them. */
  private static double[] each(int count, IntToDoubleFunction value) {
    return IntStream.range(0, count).parallel().mapToDouble(value).toArray();
  }

  private static double mean(int count, IntToDoubleFunction value) {
    return Estimate.of(each(count, value)).mean();
  }

  private String row(
      String data, Method method, List<Trained> trained, List<Sets> sets, double identity) {
    int n = trained.size();
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            data,
            method.title,
            spread(n, i -> trained.get(i).w2),
            spread(n, i -> sets.get(i).floor),
            spread(n, i -> trained.get(i).w2 - sets.get(i).floor),
            spread(n, i -> trained.get(i).npe),
            method == Method.I_CFM ? String.format(Locale.ROOT, "%.3f", identity) : "");
  }

  /** Mean and standard deviation over seeds. */
  private static String spread(int n, IntToDoubleFunction value) {
    Estimate estimate = Estimate.of(IntStream.range(0, n).mapToDouble(value).toArray());
    double deviation = estimate.standardError() * Math.sqrt(n);
    return Double.isNaN(deviation)
        ? String.format(Locale.ROOT, "%.3f", estimate.mean())
        : String.format(Locale.ROOT, "%.3f +- %.3f", estimate.mean(), deviation);
  }

  private static String describe(String name, Identity identity, List<Sets> sets) {
    return String.format(
        Locale.ROOT,
        "- %s: E|x1 - x0|^2 = %.3f, L* = %.3f, W2^2 = %s, NPE* = %.3f%n",
        name,
        identity.displacement,
        identity.leastLoss,
        spread(sets.size(), i -> sets.get(i).transport),
        identity.npe(mean(sets.size(), i -> sets.get(i).transport)));
  }

  private String protocol() {
    var text = new StringBuilder();
    text.append(
        ("%d seeds of %d steps of 256 samples, 3 x 64 SELU, Adam at 2e-3 with a cosine schedule,"
                + " moving average 0.999, %d Euler steps; distances between sets of %d points, %d"
                + " for each model. Mean +- standard deviation over seeds.\n\n")
            .formatted(options.seeds, options.steps, EULER_STEPS, options.rows, options.draws));
    for (String name : DATA) {
      text.append("- %s: %s\n".formatted(name, generator(name).description()));
    }
    return text.append("\n").toString();
  }

  private static String explanation() {
    return """
    The floor is W2 between two sets of the data themselves: no model comes below it on average. NPE
    is |E - W2^2| / W2^2, with the path energy E, the mean integral of |v|^2 along the steps, and W2
    between noise and data.

    NPE* is what I-CFM has when it is trained to the end. Its loss is least at v* = E[x1 - x0 | x_t],
    with the value L*, and by the law of total variance E|x1 - x0|^2 = E|v*|^2 + L*. So the energy is
    E|x1 - x0|^2 - L*, and NPE* = (E|x1 - x0|^2 - L* - W2^2) / W2^2, a property of the data. L* is
    the loss of the posterior mean over a large set of points, on fresh pairs; it needs no training.
    """;
  }
}
