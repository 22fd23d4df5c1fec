package dev.advect.oracle;

import dev.advect.graph.Value;

/**
 * The coefficients of a stochastic interpolant x_t = a(t) x0 + b(t) x1 + gamma(t) z with z standard
 * normal (Albergo, Boffi and Vanden-Eijnden 2023, arXiv 2303.08797), from noise at t = 0 to data at
 * t = 1.
 *
 * <p>The noise is given by gamma^2, whose derivative is finite where that of gamma is not. An
 * interpolant with a = 0 is one-sided: z itself is the source. Derivatives are written out for the
 * plain form; in graphs they are taken by forward-mode differentiation, so the two check each
 * other.
 */
public interface Interpolant {
  /**
   * The coefficients at a time, and their derivatives by t.
   *
   * @param a the factor of x0
   * @param b the factor of x1
   * @param noise gamma^2
   * @param aRate da/dt
   * @param bRate db/dt
   * @param noiseRate d gamma^2 / dt
   */
  record Coefficients(
      double a, double b, double noise, double aRate, double bRate, double noiseRate) {}

  /** The coefficients at time t. */
  Coefficients at(double t);

  /** The factor of x0: sample[] or shared[]. */
  Value a(Value t);

  /** The factor of x1: sample[] or shared[]. */
  Value b(Value t);

  /** gamma^2: sample[] or shared[]. */
  Value noise(Value t);

  /**
   * x_t = (1-t) x0 + t x1 + gamma z with gamma^2 = sigma2 + bridge t (1-t).
   *
   * @param sigma2 the constant part of gamma^2
   * @param bridge the factor of t (1-t)
   */
  record Linear(double sigma2, double bridge) implements Interpolant {
    @Override
    public Coefficients at(double t) {
      return new Coefficients(1 - t, t, sigma2 + bridge * t * (1 - t), -1, 1, bridge * (1 - 2 * t));
    }

    @Override
    public Value a(Value t) {
      return t.neg().plus(1);
    }

    @Override
    public Value b(Value t) {
      return t;
    }

    @Override
    public Value noise(Value t) {
      return t.times(t.neg().plus(1)).times(bridge).plus(sigma2);
    }
  }

  /**
   * x_t = cos(pi t/2) x0 + sin(pi t/2) x1 + sigma z (Albergo and Vanden-Eijnden 2023, arXiv
   * 2209.15571).
   *
   * @param sigma2 sigma^2
   */
  record Trigonometric(double sigma2) implements Interpolant {
    @Override
    public Coefficients at(double t) {
      double angle = Math.PI / 2 * t;
      double a = Math.cos(angle);
      double b = Math.sin(angle);
      return new Coefficients(a, b, sigma2, -Math.PI / 2 * b, Math.PI / 2 * a, 0);
    }

    @Override
    public Value a(Value t) {
      return t.times(Math.PI / 2).cos();
    }

    @Override
    public Value b(Value t) {
      return t.times(Math.PI / 2).sin();
    }

    @Override
    public Value noise(Value t) {
      return t.trace().constant(sigma2);
    }
  }

  /**
   * One-sided: x_t = t x1 + (1 - (1 - sigmaMin) t) z (Lipman et al. 2023, arXiv 2210.02747,
   * equation 20).
   *
   * @param sigmaMin the standard deviation of the noise at t = 1
   */
  record ConditionalOt(double sigmaMin) implements Interpolant {
    @Override
    public Coefficients at(double t) {
      double sigma = 1 - (1 - sigmaMin) * t;
      return new Coefficients(0, t, sigma * sigma, 0, 1, -2 * (1 - sigmaMin) * sigma);
    }

    @Override
    public Value a(Value t) {
      return t.trace().constant(0);
    }

    @Override
    public Value b(Value t) {
      return t;
    }

    @Override
    public Value noise(Value t) {
      return t.times(sigmaMin - 1).plus(1).square();
    }
  }

  /**
   * One-sided: x_t = e^(-T/2) x1 + sqrt(1 - e^(-T)) z with T = betaMin s + (betaMax - betaMin) s^2
   * / 2 at s = 1 - t (Lipman et al. 2023, equation 18).
   *
   * @param betaMin the noise rate at the data
   * @param betaMax the noise rate at the noise
   */
  record VariancePreserving(double betaMin, double betaMax) implements Interpolant {
    @Override
    public Coefficients at(double t) {
      double s = 1 - t;
      double integral = betaMin * s + (betaMax - betaMin) * s * s / 2;
      double rate = -betaMin - (betaMax - betaMin) * s; // dT/dt
      double b = Math.exp(-integral / 2);
      return new Coefficients(
          0, b, -Math.expm1(-integral), 0, -rate / 2 * b, rate * Math.exp(-integral));
    }

    private Value integral(Value t) {
      Value s = t.neg().plus(1);
      return s.times(betaMin).plus(s.square().times((betaMax - betaMin) / 2));
    }

    @Override
    public Value a(Value t) {
      return t.trace().constant(0);
    }

    @Override
    public Value b(Value t) {
      return integral(t).times(-0.5).exp();
    }

    @Override
    public Value noise(Value t) {
      return integral(t).neg().expm1().neg();
    }
  }

  /**
   * One-sided: x_t = x1 + sigmaMin (sigmaMax/sigmaMin)^(1-t) z (Lipman et al. 2023, equation 16,
   * with geometric noise levels).
   *
   * @param sigmaMin the standard deviation of the noise at t = 1
   * @param sigmaMax the standard deviation of the noise at t = 0
   */
  record VarianceExploding(double sigmaMin, double sigmaMax) implements Interpolant {
    @Override
    public Coefficients at(double t) {
      double log = Math.log(sigmaMax / sigmaMin);
      double noise = sigmaMin * sigmaMin * Math.exp(2 * (1 - t) * log);
      return new Coefficients(0, 1, noise, 0, 0, -2 * log * noise);
    }

    @Override
    public Value a(Value t) {
      return t.trace().constant(0);
    }

    @Override
    public Value b(Value t) {
      return t.trace().constant(1);
    }

    @Override
    public Value noise(Value t) {
      Value s = t.neg().plus(1);
      return s.times(2 * Math.log(sigmaMax / sigmaMin)).exp().times(sigmaMin * sigmaMin);
    }
  }
}
