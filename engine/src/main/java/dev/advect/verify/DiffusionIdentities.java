package dev.advect.verify;

import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
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
        probabilityFlow("ve", varianceExploding(), varianceExplodingDiffusion()));
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
}
