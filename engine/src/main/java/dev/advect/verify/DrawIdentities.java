package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.path.TimeInterval;
import dev.advect.path.TimeLaw;
import dev.advect.random.Purpose;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Laws of draws: they are from the distributions they are named after. */
final class DrawIdentities {
  private static final int DRAWS = 20_000;

  private DrawIdentities() {}

  static List<Identity> all() {
    TimeLaw stratified = new TimeLaw.Stratified();
    return List.of(
        distribution("uniform", "uniform on (0, 1]", g -> g.uniform(Purpose.TIME), t -> t),
        distribution(
            "normal", "standard normal", g -> g.normal(Purpose.SOURCE), DrawIdentities::normal),
        time("uniform", TimeLaw.uniform(), t -> t),
        time("power.4", new TimeLaw.Power(4), t -> power(t, 5)),
        time("power.-0.5", new TimeLaw.Power(-0.5), t -> power(t, 0.5)),
        time("logit-normal", new TimeLaw.LogitNormal(0.5, 0.75), t -> logitNormal(t, 0.5, 0.75)),
        stratified(g -> stratified.draw(g, TimeInterval.whole())));
  }

  /** t to a power, as a graph. */
  static Value power(Value t, double exponent) {
    return t.pow(t.trace().constant(exponent));
  }

  /** The standard normal's cumulated probability. */
  static Value normal(Value z) {
    return z.times(Math.sqrt(0.5)).erf().plus(1).times(0.5);
  }

  /** P(1/(1 + e^-z) <= t) for z from N(mean, std^2). */
  static Value logitNormal(Value t, double mean, double std) {
    return normal(t.log().minus(t.neg().plus(1).log()).minus(mean).times(1 / std));
  }

  static Identity time(String name, TimeLaw law, UnaryOperator<Value> cumulated) {
    return distribution(
        "time." + name,
        "of their law",
        g -> law.draw(g, TimeInterval.whole()),
        cumulated,
        switch (law) {
          case TimeLaw.Uniform _, TimeLaw.Stratified _ -> "Lipman et al. 2023 (arXiv 2210.02747)";
          case TimeLaw.LogitNormal _ -> "Esser et al. 2024 (arXiv 2403.03206), equation 19";
          case TimeLaw.Power _ ->
              "Wildberger et al. 2023 (arXiv 2305.17161): density (1 + a) t^a, drawn as"
                  + " U^(1/(1+a))";
        });
  }

  private static Identity distribution(
      String name, String what, Function<Trace, Value> draw, UnaryOperator<Value> cumulated) {
    return distribution(
        "random." + name, what, draw, cumulated, "Salmon et al. 2011, Philox4x32-10");
  }

  /**
   * The test of Kolmogorov and Smirnov.
   *
   * @param draw sample[]
   * @param cumulated P(draw <= x) as a function of x
   */
  static Identity distribution(
      String name,
      String what,
      Function<Trace, Value> draw,
      UnaryOperator<Value> cumulated,
      String source) {
    return new Identity(
        "draw." + name,
        "20000 draws are %s: the Kolmogorov-Smirnov statistic times sqrt(n) (on the device)"
            .formatted(what),
        source,
        new Tolerance.AtMost(1.95),
        "exceeded once in 1000 seeds, and the seed is fixed",
        device -> Math.sqrt(DRAWS) * distance(device, draw, cumulated));
  }

  /** Sample i of B is within its own part (i, i+1]/B, so the distance is 1/B at most. */
  static Identity stratified(Function<Trace, Value> draw) {
    return new Identity(
        "draw.time.stratified",
        "sample i of a batch of B = 20000 is between i/B and (i+1)/B: the Kolmogorov-Smirnov"
            + " statistic times B (on the device)",
        "stratified sampling",
        new Tolerance.AtMost(1.01),
        "1, and the rounding of times to float32: 6e-8 B",
        device -> DRAWS * distance(device, draw, t -> t));
  }

  /** The largest distance between the cumulated probabilities of the draws and of the law. */
  private static double distance(
      Backend device, Function<Trace, Value> draw, UnaryOperator<Value> cumulated) {
    var g = new Trace();
    double[] found;
    try (Executable program = device.compile(Graph.of("draws", draw.apply(g)))) {
      program.run(Slice.batch(DRAWS, 0), 3);
      found = Reference.doubles(program.result("result"));
    }
    Arrays.sort(found);
    var h = new Trace();
    Value law = cumulated.apply(h.input("x", ValueType.sample()));
    double[] probability = Reference.evaluate(law, Map.of("x", found), DRAWS);
    double largest = 0;
    for (int i = 0; i < DRAWS; i++) {
      double below = probability[i] - (double) i / DRAWS;
      double above = (i + 1.0) / DRAWS - probability[i];
      largest = Reference.worse(largest, Math.max(below, above));
    }
    return largest;
  }
}
