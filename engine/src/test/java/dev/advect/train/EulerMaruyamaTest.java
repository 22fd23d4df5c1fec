package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.data.Normalizer;
import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.oracle.GaussianMixtureFlow;
import dev.advect.oracle.Interpolant;
import dev.advect.oracle.Mixture;
import dev.advect.path.ConditionalOt;
import dev.advect.path.Cosine;
import dev.advect.path.GaussianPath;
import dev.advect.path.Icfm;
import dev.advect.path.VarianceExploding;
import dev.advect.path.VariancePreserving;
import dev.advect.random.Laws;
import dev.advect.random.Purpose;
import dev.advect.solve.Solver;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.transport.Assignment;
import dev.advect.transport.SquaredDistances;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Stochastic sampling: other ways, the same laws. */
@Tag("device")
class EulerMaruyamaTest {
  /** The exact velocity of a law, as a field. */
  record Known(GaussianMixtureFlow law) implements Field {
    @Override
    public int dim() {
      return law.dim();
    }

    @Override
    public Value velocity(Parameters parameters, Value x, Value t) {
      return law.velocity(x, t);
    }

    @Override
    public String json() {
      return "known";
    }
  }

  private static FlowModel model(GaussianPath path, Interpolant interpolant, Mixture data) {
    var field = new Known(GaussianMixtureFlow.fromNoise(interpolant, data));
    return model(Flow.along(path, field));
  }

  private static FlowModel model(Flow flow) {
    return new FlowModel(flow, new LinkedHashMap<>(), Normalizer.none(), Optional.empty(), 0, 0);
  }

  private static FlowModel straight(Mixture data) {
    return model(new Icfm(0), new Interpolant.Linear(0, 0), data);
  }

  private static Backend device(BackendOptions options) {
    return Backends.open(TestDevice.NAME, options).backend();
  }

  // ------------------------------------------------------------------ marginals

  /**
   * One Gaussian, whose law at t = 1 is known: mean and variance of many samples, for several
   * amounts of noise and paths. Of 4000 the standard errors are 0.008 of the mean and 0.006 of the
   * variance; 200 steps of Euler's method add an error of about 1%.
   */
  @Test
  void aGaussianStaysTheGaussianItIs() {
    var data = Mixture.gaussian(new double[] {1, -0.5}, 0.25);
    List<FlowModel> models =
        List.of(
            straight(data),
            model(new ConditionalOt(0.05), new Interpolant.ConditionalOt(0.05), data),
            model(new Cosine(0), new Interpolant.Trigonometric(0), data),
            model(VariancePreserving.standard(), new Interpolant.VariancePreserving(0.1, 20), data),
            model(
                new VarianceExploding(0.05, 20),
                new Interpolant.VarianceExploding(0.05, 20),
                data));
    int n = TestDevice.FAST ? 4000 : 1000;
    double ofMean = Math.sqrt(0.25 / n);
    double ofVariance = 0.25 * Math.sqrt(2.0 / n);
    try (Backend backend = device(BackendOptions.standard())) {
      for (FlowModel model : models) {
        for (double noise : new double[] {0.5, 2}) {
          var options = new SamplingOptions(new Solver.EulerMaruyama(200, noise), 7);
          float[] x = model.sample(backend, options, n);
          for (int i = 0; i < 2; i++) {
            double sum = 0;
            double squares = 0;
            for (int row = 0; row < n; row++) {
              sum += x[2 * row + i];
              squares += x[2 * row + i] * (double) x[2 * row + i];
            }
            double mean = sum / n;
            String what = "%s noise %s".formatted(model.flow().path().orElseThrow(), noise);
            assertThat(mean).as(what).isCloseTo(i == 0 ? 1 : -0.5, within(4.4 * ofMean));
            assertThat(squares / n - mean * mean)
                .as(what)
                .isCloseTo(0.25, within(4.4 * ofVariance));
          }
        }
      }
    }
  }

  /**
   * The mixture: the mean W2 between stochastic samples and the data, over 6 sets of 300, is within
   * 3 standard errors of that between two sets of data.
   */
  @Test
  void theStochasticWayEndsInTheLawOfTheOrdinaryOne() {
    Mixture data = GaussianMixtureFlow.planeData();
    FlowModel model = straight(data);
    int n = 300;
    int sets = 6;
    double[] floor = new double[sets];
    double[] ordinary = new double[sets];
    double[] stochastic = new double[sets];
    try (Backend backend = device(BackendOptions.standard())) {
      for (int k = 0; k < sets; k++) {
        float[] truth = Numbers.floats(data.samples(100 + k, n));
        var ode = new SamplingOptions(Solver.euler(100), 200 + k);
        var sde = new SamplingOptions(new Solver.EulerMaruyama(100, 1), 300 + k);
        floor[k] = w2(truth, Numbers.floats(data.samples(400 + k, n)));
        ordinary[k] = w2(truth, model.sample(backend, ode, n));
        stochastic[k] = w2(truth, model.sample(backend, sde, n));
      }
    }
    double error = Math.hypot(standardError(floor), standardError(stochastic));
    assertThat(mean(stochastic))
        .as("floor %s, ordinary %s", mean(floor), mean(ordinary))
        .isLessThan(mean(floor) + 3 * error);
    assertThat(mean(ordinary)).isLessThan(mean(floor) + 3 * error);
  }

  private static double w2(float[] x, float[] y) {
    return Math.sqrt(
        Assignment.optimal(SquaredDistances.between(x, y, 2)).cost() / (x.length / 2.0));
  }

  private static double mean(double[] x) {
    return Arrays.stream(x).average().orElseThrow();
  }

  private static double standardError(double[] x) {
    double mean = mean(x);
    double squares = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (x.length - 1) / x.length);
  }

  // ------------------------------------------------------------------ draws

  /** Two steps by hand: the noise of each is of its own. */
  @Test
  void aStepIsItsDefinition() {
    Mixture data = Mixture.gaussian(new double[] {1, -0.5}, 0.25);
    FlowModel model = straight(data);
    GaussianMixtureFlow law = ((Known) model.field()).law();
    double c = 0.8;
    int steps = 4;
    double h = 1.0 / steps;
    float[] samples =
        model.sample(
            new InterpreterBackend(),
            new SamplingOptions(new Solver.EulerMaruyama(steps, c), 9),
            2);
    for (int s = 0; s < 2; s++) {
      double[] x = {draw(Purpose.SAMPLE_NOISE, 0, s, 0), draw(Purpose.SAMPLE_NOISE, 0, s, 1)};
      for (int k = 0; k < steps; k++) {
        // The conversion stays a thousandth away from t = 0.
        double t = k * h;
        double sigma = 1 - t;
        double e = Math.min(c * sigma, sigma * sigma / (2 * h));
        double[] v = law.velocity(x, t);
        double at = Math.max(t, 1e-3);
        for (int i = 0; i < 2; i++) {
          double score = -(x[i] - at * v[i]) / sigma;
          double z = draw(Purpose.SDE_NOISE, k + 1, s, i);
          x[i] += h * (v[i] + e * score) + Math.sqrt(2 * e * h) * z;
        }
      }
      assertThat(samples[2 * s]).isCloseTo((float) x[0], within(1e-5f));
      assertThat(samples[2 * s + 1]).isCloseTo((float) x[1], within(1e-5f));
    }
  }

  private static double draw(int purpose, long step, long sample, int element) {
    return Laws.element(Distribution.NORMAL, 0, 9, purpose, step, sample, element);
  }

  @Test
  void theSameBitsForAnyThreadsTilesAndNumbers() {
    FlowModel model = straight(GaussianMixtureFlow.planeData());
    var options = new SamplingOptions(new Solver.EulerMaruyama(5, 1), 2);
    float[] many;
    try (Backend one = device(BackendOptions.standard().withThreads(1).withTile(16))) {
      many = model.sample(one, options, 70_001);
    }
    try (Backend two = device(new BackendOptions(2, OptionalInt.of(48), false))) {
      assertThat(model.sample(two, options, 70_001)).isEqualTo(many);
      assertThat(model.sample(two, options, 5)).isEqualTo(Arrays.copyOf(many, 10));
      float[] way = model.sampleTrajectory(two, options, 5);
      assertThat(way).hasSize(6 * 10);
      assertThat(Arrays.copyOfRange(way, 50, 60)).isEqualTo(Arrays.copyOf(many, 10));
      assertThat(IntStream.range(0, 10).mapToObj(i -> many[i])).allMatch(Float::isFinite);
    }
  }

  @Test
  void oneStepAndMuchNoiseStayFinite() {
    FlowModel model = straight(GaussianMixtureFlow.planeData());
    for (int steps : new int[] {1, 3, 20}) {
      var options = new SamplingOptions(new Solver.EulerMaruyama(steps, 1000), 2);
      for (float x : model.sample(new InterpreterBackend(), options, 50)) {
        assertThat(Math.abs(x)).isLessThan(20);
      }
    }
  }

  @Test
  void refusesWhatHasNoScore() {
    FlowModel free = model(Flow.free(new Known(GaussianMixtureFlow.plane())));
    var options = new SamplingOptions(new Solver.EulerMaruyama(2, 1), 0);
    assertThatThrownBy(() -> free.sample(new InterpreterBackend(), options, 1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("has no path");
    FlowModel coupled =
        model(Flow.along(new Icfm(0), new Known(GaussianMixtureFlow.plane())).coupled());
    assertThatThrownBy(() -> coupled.sample(new InterpreterBackend(), options, 1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("coupled to the data");
    assertThatThrownBy(
            () ->
                straight(GaussianMixtureFlow.planeData())
                    .sampleWithLikelihood(new InterpreterBackend(), options, 1, Divergence.exact()))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("no log-density follows");
    assertThatThrownBy(() -> new Solver.EulerMaruyama(2, 0)).isInstanceOf(AdvectException.class);
  }
}
