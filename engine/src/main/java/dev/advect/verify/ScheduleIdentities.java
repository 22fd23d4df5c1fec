package dev.advect.verify;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.Custom;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.Prediction;
import dev.advect.path.Schedule;
import dev.advect.path.ScheduleChange;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Laws of schedules alpha and sigma: their numbers, their inverse, conversions and changes. */
final class ScheduleIdentities {
  private static final double[] TIMES = {0.1, 0.37, 0.5, 0.8, 0.95};
  private static final double[][] POINTS = {{0, 0}, {-1, 2}, {2.5, 0.3}, {-0.4, -1.7}};

  /** Converts between what a network may predict. */
  interface Conversion {
    Value of(Prediction from, Prediction to, Value y, Value x, Value t);
  }

  /** The velocity on another schedule, from that on the first. */
  interface Change {
    Value velocity(BinaryOperator<Value> velocity, Value y, Value r);
  }

  private ScheduleIdentities() {}

  static List<Identity> all() {
    var all = new ArrayList<Identity>();
    var vp = VariancePreserving.standard();
    var ve = new VarianceExploding(0.01, 5);
    all.add(golden("linear", new Icfm(0), 0.3, 0.7, 1, -1));
    all.add(
        golden(
            "cosine",
            new Cosine(0),
            0.45399049973954675,
            0.8910065241883679,
            1.3995897753453765,
            -0.7131266093906595));
    all.add(golden("cubic", new Custom("t^3*x1", "1-t^3"), 0.027, 0.973, 0.27, -0.27));
    all.add(
        golden(
            "linear-vp",
            new Custom("t*x1", "sqrt(1-t^2)"),
            0.3,
            0.9539392014169457,
            1,
            -0.3144854510165755));
    all.add(
        golden(
            "vp",
            vp,
            0.08435257018282653,
            0.9964359707997054,
            0.591733279832528,
            -0.05009275505833858));
    all.add(golden("ve", ve, 1, 0.7749594937741684, 0, -4.816069545958109));
    all.add(inverse("linear", Schedule.of(new Icfm(0))::time, new Icfm(0)));
    all.add(inverse("cosine", Schedule.of(new Cosine(0))::time, new Cosine(0)));
    all.add(inverse("ot", Schedule.of(new ConditionalOt(0.125))::time, new ConditionalOt(0.125)));
    all.add(inverse("vp", Schedule.of(vp)::time, vp));
    all.add(inverse("ve", Schedule.of(ve)::time, ve));
    GaussianPath formula = new Custom("t^3*x1", "1-t^3");
    all.add(inverse("cubic", Schedule.of(formula)::time, formula));
    for (Case one : cases()) {
      all.add(conversion(one, Schedule.of(one.path)::convert));
    }
    for (Case[] pair : pairs()) {
      all.add(
          change(
              pair[0],
              pair[1],
              new ScheduleChange(Schedule.of(pair[0].path), Schedule.of(pair[1].path))::velocity));
    }
    return all;
  }

  /** A path of the engine and the same as an oracle. */
  record Case(String name, GaussianPath path, Interpolant interpolant) {
    GaussianMixtureFlow flow() {
      return GaussianMixtureFlow.fromNoise(interpolant, GaussianMixtureFlow.planeData());
    }
  }

  static final Case LINEAR = new Case("linear", new Icfm(0), new Interpolant.Linear(0, 0));
  static final Case ICFM = new Case("icfm", new Icfm(0.25), new Interpolant.Linear(0.0625, 0));
  static final Case COSINE = new Case("cosine", new Cosine(0), new Interpolant.Trigonometric(0));
  static final Case OT =
      new Case("ot", new ConditionalOt(0.125), new Interpolant.ConditionalOt(0.125));
  static final Case VP =
      new Case(
          "vp", new VariancePreserving(0.125, 8), new Interpolant.VariancePreserving(0.125, 8));
  static final Case VE =
      new Case("ve", new VarianceExploding(0.125, 4), new Interpolant.VarianceExploding(0.125, 4));

  static List<Case> cases() {
    return List.of(LINEAR, ICFM, COSINE, OT, VP, VE);
  }

  static List<Case[]> pairs() {
    return List.of(
        new Case[] {LINEAR, COSINE},
        new Case[] {COSINE, VP},
        new Case[] {LINEAR, VE},
        new Case[] {LINEAR, OT});
  }

  /** alpha, sigma and their derivatives at t = 0.3. */
  static Identity golden(String name, GaussianPath path, double... expected) {
    return new Identity(
        "schedule.golden." + name,
        "alpha, sigma, d alpha/dt and d sigma/dt at t = 0.3 are the numbers of their formulas:"
            + " largest relative difference",
        "Lipman et al. 2024 (arXiv 2412.06264), section 4.6; numbers computed once in double",
        new Tolerance.AtMost(1e-6),
        "float32 constants of the graph, 6e-8 each",
        _ -> {
          var g = new Trace();
          Schedule.Coefficients c = Schedule.of(path).at(g.input("t", ValueType.sample()));
          var inputs = Map.of("t", new double[] {0.3});
          List<Value> values = List.of(c.alpha(), c.sigma(), c.alphaRate(), c.sigmaRate());
          double largest = 0;
          for (int i = 0; i < 4; i++) {
            double found = Reference.evaluate(values.get(i), inputs, 1)[0];
            double scale = Math.max(1, Math.abs(expected[i]));
            largest = Reference.worse(largest, Math.abs(found - expected[i]) / scale);
          }
          return largest;
        });
  }

  /** The time of the ratio at a time is that time. */
  static Identity inverse(String name, BinaryOperator<Value> time, GaussianPath path) {
    return new Identity(
        "schedule.inverse." + name,
        "the time whose signal-to-noise ratio is that of t is t: largest difference",
        "Kingma et al. 2021 (arXiv 2107.00630), section 3: a schedule by its ratio alpha/sigma",
        new Tolerance.AtMost(1e-10),
        "double arithmetic; 40 halvings where there is no closed form: 1e-12",
        _ -> {
          var g = new Trace();
          Value t = g.input("t", ValueType.sample());
          Schedule schedule = Schedule.of(path);
          Value again = time.apply(schedule.alpha(t), schedule.sigma(t));
          double[] found = Reference.evaluate(again, Map.of("t", TIMES), TIMES.length);
          return Reference.largestDifference(found, TIMES);
        });
  }

  /** Velocity, data, noise and score determine each other. */
  static Identity conversion(Case one, Conversion convert) {
    return new Identity(
        "schedule.convert." + one.name,
        "the score of the oracle's velocity and the velocity of the oracle's score are the"
            + " oracle's, and every conversion undoes its inverse: largest relative difference",
        "Lipman et al. 2024 (arXiv 2412.06264), table 1; Song et al. 2021 (arXiv 2011.13456),"
            + " equation 13",
        new Tolerance.AtMost(1e-5),
        "float32 constants of the graph (6e-8), over 1 - t = 0.05 twice",
        _ -> {
          GaussianMixtureFlow flow = one.flow();
          var g = new Trace();
          Value x = g.input("x", ValueType.sample(2));
          Value t = g.input("t", ValueType.sample());
          Value v = flow.velocity(x, t);
          Value s = flow.score(x, t);
          var wanted = new ArrayList<>(List.of(s, v));
          var found =
              new ArrayList<>(
                  List.of(
                      convert.of(Prediction.VELOCITY, Prediction.SCORE, v, x, t),
                      convert.of(Prediction.SCORE, Prediction.VELOCITY, s, x, t)));
          for (Prediction to : Prediction.values()) {
            Value there = convert.of(Prediction.VELOCITY, to, v, x, t);
            for (Prediction by : Prediction.values()) {
              Value on = convert.of(to, by, there, x, t);
              wanted.add(v);
              found.add(convert.of(by, Prediction.VELOCITY, on, x, t));
            }
          }
          double largest = 0;
          for (int i = 0; i < wanted.size(); i++) {
            largest = Reference.worse(largest, largestError(found.get(i), wanted.get(i)));
          }
          return largest;
        });
  }

  /** The largest relative difference over all points and times. */
  private static double largestError(Value found, Value wanted) {
    int n = TIMES.length * POINTS.length;
    double[] x = new double[2 * n];
    double[] t = new double[n];
    for (int i = 0; i < n; i++) {
      t[i] = TIMES[i / POINTS.length];
      System.arraycopy(POINTS[i % POINTS.length], 0, x, 2 * i, 2);
    }
    var values = Reference.evaluate(List.of(found, wanted), Map.of("x", x, "t", t), n, 0);
    double largest = 0;
    for (int i = 0; i < 2 * n; i++) {
      double expected = values.get(wanted)[i];
      double error = Math.abs(values.get(found)[i] - expected) / Math.max(1, Math.abs(expected));
      largest = Reference.worse(largest, error);
    }
    return largest;
  }

  /** A flow's velocity on another schedule is that of the flow of that schedule. */
  static Identity change(Case from, Case to, Change change) {
    return new Identity(
        "schedule.change.%s-%s".formatted(from.name, to.name),
        "the oracle's velocity on %s, changed to %s, is the oracle's on %s: largest relative"
                .formatted(from.name, to.name, to.name)
            + " difference",
        "Lipman et al. 2024 (arXiv 2412.06264), section 4.6",
        new Tolerance.AtMost(1e-5),
        "float32 constants of the graph (6e-8), over 1 - t = 0.05",
        _ -> {
          var g = new Trace();
          Value x = g.input("x", ValueType.sample(2));
          Value t = g.input("t", ValueType.sample());
          Value changed = change.velocity(from.flow()::velocity, x, t);
          return largestError(changed, to.flow().velocity(x, t));
        });
  }
}
