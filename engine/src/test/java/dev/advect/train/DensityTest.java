package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.data.Normalizer;
import dev.advect.data.Table;
import dev.advect.data.Toy;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.Scores;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.path.Icfm;
import dev.advect.solve.Solver;
import dev.advect.solve.Tableau;
import dev.advect.testing.Numbers;
import dev.advect.testing.PlainMlp;
import dev.advect.testing.TestDevice;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A learned density is a density: what must hold of any trained model, measured on one. */
@Tag("device")
class DensityTest {
  private static final Mlp FIELD = Mlp.of(2, 32, 2, Activation.SELU);
  private static final Table TRAIN = Toy.moons().draw(0, 4000);
  private static final Normalizer NORMALIZER = Normalizer.fit(Normalizer.Kind.STANDARDIZE, TRAIN);

  private static Backend backend;
  private static FlowModel model;

  @BeforeAll
  static void train() {
    backend = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
    var matching = FlowMatching.of(FIELD, new Icfm(0.1));
    float[] rows = NORMALIZER.apply(TRAIN.values(), 2);
    // No average of the weights: so early it would be one of weights that have learnt nothing.
    var options =
        new TrainingOptions(
            800, 256, 0, 0, Optimizer.Adam.standard(), 3e-3, new Schedule.Constant(), 1);
    try (var trainer = new Trainer(backend, matching, options, rows, TRAIN.rows())) {
      trainer.advance(800);
      model = trainer.model().withNormalizer(NORMALIZER);
    }
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  private static Scores score(float[] rows, Tableau solver, int steps, Divergence divergence) {
    return model.logLikelihood(backend, rows, Solver.of(solver, steps), divergence, 3);
  }

  private static double[] exact(float[] rows, Tableau solver, int steps) {
    return score(rows, solver, steps, Divergence.exact()).logDensity();
  }

  private static float[] moons(int count) {
    return Toy.moons().rows(1, 0, count).values();
  }

  /** The centres of square cells that cover [-8, 8]^2. */
  private static float[] grid(int cells) {
    float[] points = new float[cells * cells * 2];
    for (int i = 0; i < cells * cells; i++) {
      points[2 * i] = -8 + 16 * (i / cells + 0.5f) / cells;
      points[2 * i + 1] = -8 + 16 * (i % cells + 0.5f) / cells;
    }
    return points;
  }

  private static double integral(double[] logDensity, int cells) {
    double sum = 0;
    for (double l : logDensity) {
      sum += Math.exp(l);
    }
    double side = 16.0 / cells;
    return sum * side * side;
  }

  @Test
  void theDensityIntegratesToOne() {
    int cells = 64;
    assertThat(integral(exact(grid(cells), Tableau.MIDPOINT, 50), cells))
        .isCloseTo(1, within(0.01));
  }

  /** The test above can fail: with the divergence's sign flipped the integral is far from 1. */
  @Test
  void theWrongSignDoesNotIntegrateToOne() {
    int cells = 40;
    float[] points = grid(cells);
    double[] engine = exact(points, Tableau.EULER, 50);
    float[] mapped = NORMALIZER.apply(points, 2);
    double[] right = new double[engine.length];
    double[] wrong = new double[engine.length];
    for (int i = 0; i < engine.length; i++) {
      double[] x = {mapped[2 * i], mapped[2 * i + 1]};
      double change = back(x, 50);
      double base = -0.5 * (x[0] * x[0] + x[1] * x[1]) - Math.log(2 * Math.PI);
      double volume = NORMALIZER.logScaleSum(2);
      right[i] = base - change - volume;
      wrong[i] = base + change - volume;
      // Far out log-densities reach -1000, and float32 has seven digits.
      assertThat(engine[i]).isCloseTo(right[i], within(1e-3 + 1e-5 * Math.abs(right[i])));
    }
    assertThat(integral(right, cells)).isCloseTo(integral(engine, cells), within(1e-3));
    assertThat(integral(wrong, cells)).isNotCloseTo(1, within(0.2));
  }

  /** Moves a point from data to noise by Euler steps, and sums the divergence on the way. */
  private static double back(double[] x, int steps) {
    var field = new PlainMlp(FIELD, Numbers.doubles(model.weights()));
    double change = 0;
    for (int k = steps; k > 0; k--) {
      double t = k / (double) steps;
      change += field.divergence(x, t) / steps;
      double[] v = field.velocity(x, t);
      x[0] -= v[0] / steps;
      x[1] -= v[1] / steps;
    }
    return change;
  }

  /**
   * For two dimensions the signs z of a probe make z.Jz the trace plus or minus one number, so that
   * the mean of 32 is off by more than three of its standard errors with probability 0.007.
   */
  @Test
  void hutchinsonAgreesWithTheExactDivergence() {
    int rows = 500;
    float[] data = moons(rows);
    double[] exact = exact(data, Tableau.EULER, 50);
    Scores estimated = score(data, Tableau.EULER, 50, Divergence.hutchinson(32));
    int within = 0;
    double sum = 0;
    double variance = 0;
    for (int row = 0; row < rows; row++) {
      double difference = estimated.logDensity()[row] - exact[row];
      double error = estimated.standardError()[row];
      // The small number is float32's rounding over 50 steps, for rows whose Jacobian is diagonal.
      within += Math.abs(difference) <= 3 * error + 1e-5 ? 1 : 0;
      sum += difference;
      variance += error * error;
    }
    assertThat(within).isGreaterThanOrEqualTo((int) Math.ceil(0.99 * rows));
    assertThat(Math.sqrt(variance / rows)).as("an error worth the name").isGreaterThan(1e-3);
    assertThat(Math.abs(sum)).as("no bias").isLessThan(3 * Math.sqrt(variance));
  }

  @Test
  void theErrorOfEulersMethodHalvesWhenTheStepsDouble() {
    float[] data = moons(100);
    double[] truth = exact(data, Tableau.MIDPOINT, 400);
    double coarse = meanError(exact(data, Tableau.EULER, 100), truth);
    double fine = meanError(exact(data, Tableau.EULER, 200), truth);
    assertThat(coarse).isGreaterThan(1e-3);
    assertThat(coarse / fine).isBetween(1.7, 2.3);
  }

  private static double meanError(double[] values, double[] truth) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += Math.abs(values[i] - truth[i]);
    }
    return sum / values.length;
  }
}
