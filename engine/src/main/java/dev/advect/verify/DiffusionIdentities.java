package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.oracle.Mixture;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import dev.advect.transport.Assignment;
import dev.advect.transport.SquaredDistances;
import dev.advect.verify.ScheduleIdentities.Case;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Laws that tie velocities to scores: the probability-flow equation. */
final class DiffusionIdentities {
  private static final double[][] POINTS = {{0, 0}, {-1, 2}, {2.5, 0.3}, {-0.4, -1.7}};
  private static final double[] TIMES = {0.05, 0.37, 0.8, 0.99};

  private static final double BETA_MIN = 0.125;
  private static final double BETA_MAX = 8;
  private static final double SIGMA_MIN = 0.125;
  private static final double SIGMA_MAX = 4;

  private static final int SETS = 8;
  private static final int POINTS_A_SET = 256;

  private static final Case VP =
      new Case("vp", VariancePreserving.standard(), new Interpolant.VariancePreserving(0.1, 20));

  private static final Case VE =
      new Case("ve", new VarianceExploding(0.05, 20), new Interpolant.VarianceExploding(0.05, 20));

  /**
   * A linear diffusion dx = -rate(tau) x dtau + g(tau) dW from data at tau = 0 to noise at tau = 1.
   *
   * @param rate what draws x to 0
   * @param g2 g^2
   */
  record Diffusion(DoubleUnaryOperator rate, DoubleUnaryOperator g2) {}

  private DiffusionIdentities() {}

  static List<Identity> all() {
    return List.of(
        probabilityFlow("vp", variancePreserving(), variancePreservingDiffusion()),
        probabilityFlow("ve", varianceExploding(), varianceExplodingDiffusion()),
        marginals("linear", stochastic(ScheduleIdentities.LINEAR)),
        marginals("vp", stochastic(VP)),
        marginals("ve", stochastic(VE)),
        marginals("ode", ordinary(ScheduleIdentities.LINEAR)));
  }

  static Interpolant variancePreserving() {
    return new Interpolant.VariancePreserving(BETA_MIN, BETA_MAX);
  }

  /** dx = -beta/2 x dtau + sqrt(beta) dW. */
  static Diffusion variancePreservingDiffusion() {
    DoubleUnaryOperator beta = tau -> BETA_MIN + (BETA_MAX - BETA_MIN) * tau;
    return new Diffusion(tau -> beta.applyAsDouble(tau) / 2, beta);
  }

  static Interpolant varianceExploding() {
    return new Interpolant.VarianceExploding(SIGMA_MIN, SIGMA_MAX);
  }

  /** dx = sqrt(d sigma^2 / dtau) dW. */
  static Diffusion varianceExplodingDiffusion() {
    double log = Math.log(SIGMA_MAX / SIGMA_MIN);
    return new Diffusion(_ -> 0, tau -> 2 * log * SIGMA_MIN * SIGMA_MIN * Math.exp(2 * log * tau));
  }

  static Identity probabilityFlow(String name, Interpolant interpolant, Diffusion diffusion) {
    return new Identity(
        "diffusion.flow." + name,
        "the velocity is -(f - g^2 score / 2) at tau = 1 - t, of the diffusion dx = f dtau + g dW:"
            + " largest relative difference on the mixture's flow",
        "Song et al. 2021 (arXiv 2011.13456), equation 13",
        new Tolerance.AtMost(1e-12),
        "rounding in double",
        _ -> {
          var flow = GaussianMixtureFlow.fromNoise(interpolant, GaussianMixtureFlow.planeData());
          double largest = 0;
          for (double t : TIMES) {
            double rate = diffusion.rate().applyAsDouble(1 - t);
            double g2 = diffusion.g2().applyAsDouble(1 - t);
            for (double[] x : POINTS) {
              double[] v = flow.velocity(x, t);
              double[] score = flow.score(x, t);
              for (int k = 0; k < x.length; k++) {
                double found = rate * x[k] + g2 * score[k] / 2;
                double error = Math.abs(found - v[k]) / Math.max(1, Math.abs(v[k]));
                largest = Reference.worse(largest, error);
              }
            }
          }
          return largest;
        });
  }

  // ------------------------------------------------------------------ marginals

  /** Draws some samples, row by row. */
  interface Sampler {
    float[] samples(Backend device, int n);
  }

  private static Sampler stochastic(Case one) {
    return sampler(new OracleField(one.flow()).along(one.path()), new Solver.EulerMaruyama(200, 1));
  }

  private static Sampler ordinary(Case one) {
    return sampler(new OracleField(one.flow()).along(one.path()), Solver.of(Tableau.MIDPOINT, 50));
  }

  static Sampler sampler(FlowModel model, Solver solver) {
    return (device, n) -> model.sample(device, new SamplingOptions(solver, 21), n);
  }

  /**
   * The distance between samples and data is that between data and data: both are estimated from as
   * many points, so both have the same floor above 0.
   */
  static Identity marginals(String name, Sampler sampler) {
    return new Identity(
        "diffusion.marginals." + name,
        "samples have the law of the data: mean W2 to the data less that of data to data, in"
            + " standard errors, over 8 sets of 256 (on the device)",
        "Song et al. 2021 (arXiv 2011.13456), section 4.3; Albergo et al. 2023 (arXiv 2303.08797),"
            + " corollary 18",
        new Tolerance.AtMost(3),
        "3 standard errors above the floor; the seed is fixed",
        device -> {
          float[] found = sampler.samples(device, SETS * POINTS_A_SET);
          Mixture data = GaussianMixtureFlow.planeData();
          var distances = new Statistics(2);
          for (int set = 0; set < SETS; set++) {
            float[] truth = Reference.floats(data.samples(100 + set, POINTS_A_SET));
            float[] other = Reference.floats(data.samples(200 + set, POINTS_A_SET));
            int at = 2 * set * POINTS_A_SET;
            float[] part = Arrays.copyOfRange(found, at, at + 2 * POINTS_A_SET);
            distances.add(wasserstein(part, truth), wasserstein(other, truth));
          }
          double error = Math.hypot(distances.meanError(0), distances.meanError(1));
          return (distances.mean(0) - distances.mean(1)) / error;
        });
  }

  /** The distance W2 between two sets of equally many points in the plane. */
  private static double wasserstein(float[] x, float[] y) {
    Assignment best = Assignment.optimal(SquaredDistances.between(x, y, 2));
    return Math.sqrt(best.cost() / best.columns().length);
  }
}
