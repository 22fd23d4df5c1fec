package dev.advect.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.advect.autodiff.Autodiff;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The exact change of variables of Euler's sampler, in double precision. */
class EulerMapTest {
  private static final int DIM = 3;
  private static final int STEPS = 8;
  private static final int ROWS = 5;
  private static final Mlp MLP = Mlp.of(DIM, 7, 2, Activation.TANH);
  private static final Map<String, double[]> WEIGHTS =
      Numbers.like(Parameters.of(MLP).values(), 4, 0.8);

  private static EulerMap map(Trace g) {
    var parameters = new Parameters(g);
    return new EulerMap((x, t) -> MLP.velocity(parameters, x, t), STEPS);
  }

  private static Map<String, double[]> run(Graph graph, Map<String, double[]> inputs, int rows) {
    var all = new HashMap<>(WEIGHTS);
    all.putAll(inputs);
    return Interpreter.run(graph, all, Slice.batch(rows, 0), 0).results();
  }

  /** log |det| by elimination with pivoting, in plain loops. */
  private static double logDeterminant(double[] matrix, int at, int d) {
    double[][] a = new double[d][];
    for (int i = 0; i < d; i++) {
      a[i] = Arrays.copyOfRange(matrix, at + i * d, at + (i + 1) * d);
    }
    double log = 0;
    for (int k = 0; k < d; k++) {
      int pivot = k;
      for (int i = k; i < d; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      double[] row = a[pivot];
      a[pivot] = a[k];
      a[k] = row;
      log += Math.log(Math.abs(row[k]));
      for (int i = k + 1; i < d; i++) {
        double factor = a[i][k] / row[k];
        for (int j = k; j < d; j++) {
          a[i][j] -= factor * row[j];
        }
      }
    }
    return log;
  }

  /** The sign of the determinant, by expansion along the first row. */
  private static double sign(double[] matrix, int at, int d) {
    double[][] a = new double[d][];
    for (int i = 0; i < d; i++) {
      a[i] = Arrays.copyOfRange(matrix, at + i * d, at + (i + 1) * d);
    }
    return Math.signum(determinant(a, 0, new boolean[d]));
  }

  private static double determinant(double[][] a, int row, boolean[] used) {
    double sum = 0;
    double factor = 1;
    for (int j = 0; j < a.length; j++) {
      if (!used[j]) {
        used[j] = true;
        sum += factor * a[row][j] * (row + 1 < a.length ? determinant(a, row + 1, used) : 1);
        used[j] = false;
        factor = -factor;
      }
    }
    return sum;
  }

  @Test
  void eliminationSolvesSystemsThatNeedPivots() {
    int d = 6;
    int rows = 9;
    double[] m = Numbers.normal(1, rows * d * d);
    double[] r = Numbers.normal(2, rows * d);
    for (int i = 0; i < d * d; i++) {
      m[i] = i / d == (i % d + 1) % d ? 2 : 0; // a rotation of the axes: its diagonal is 0
    }
    var g = new Trace();
    var system =
        Elimination.of(g.input("m", ValueType.sample(d, d)), g.input("r", ValueType.sample(d)));
    var results = new LinkedHashMap<String, Value>();
    results.put("z", system.solution());
    results.put("log", system.logDeterminant());
    results.put("sign", system.sign());
    results.put("pivot", system.smallestPivot());
    var found =
        Interpreter.run(
                Graph.of("system", results, system.loop()),
                Map.of("m", m, "r", r),
                Slice.batch(rows, 0),
                0)
            .results();
    for (int s = 0; s < rows; s++) {
      for (int i = 0; i < d; i++) {
        double sum = 0;
        for (int j = 0; j < d; j++) {
          sum += m[s * d * d + i * d + j] * found.get("z")[s * d + j];
        }
        assertThat(sum).isCloseTo(r[s * d + i], within(1e-11));
      }
      assertThat(found.get("log")[s]).isCloseTo(logDeterminant(m, s * d * d, d), within(1e-11));
      assertThat(found.get("sign")[s]).isEqualTo(sign(m, s * d * d, d));
    }
    assertThat(found.get("pivot")[0]).isEqualTo(2);
    assertThat(found.get("log")[0]).isCloseTo(6 * Math.log(2), within(1e-12));
  }

  @Test
  void aSingularSystemHasNoVolume() {
    var g = new Trace();
    var system =
        Elimination.of(g.input("m", ValueType.sample(2, 2)), g.input("r", ValueType.sample(2)));
    var results = new LinkedHashMap<String, Value>();
    results.put("log", system.logDeterminant());
    results.put("pivot", system.smallestPivot());
    var inputs = Map.of("m", new double[] {1, 2, 2, 4}, "r", new double[] {1, 1});
    var found =
        Interpreter.run(Graph.of("system", results, system.loop()), inputs, Slice.batch(1, 0), 0)
            .results();
    assertThat(found.get("log")[0]).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(found.get("pivot")[0]).isZero();
  }

  /** The whole sampler in one graph, and its Jacobian by forward-mode differentiation. */
  private static Map<String, double[]> sampler(double[] noise) {
    var g = new Trace();
    var parameters = new Parameters(g);
    Value x0 = g.input("x", ValueType.sample(DIM));
    Value x = x0;
    for (int k = 0; k < STEPS; k++) {
      Value t = g.constant((float) k / STEPS, ValueType.sample());
      x = x.plus(MLP.velocity(parameters, x, t).times(1.0 / STEPS));
    }
    Value jacobian = Autodiff.jvp(List.of(x), List.of(x0), List.of(g.identity(DIM))).getFirst();
    return run(Graph.of("sampler", Map.of("x", x, "jacobian", jacobian)), Map.of("x", noise), ROWS);
  }

  @Test
  void theStepsTogetherChangeVolumesAsTheSampler() {
    double[] noise = Numbers.normal(8, ROWS * DIM);
    Map<String, double[]> whole = sampler(noise);
    var g = new Trace();
    EulerMap.Traced step =
        map(g)
            .forward(
                g.input("x", ValueType.sample(DIM)),
                g.input("change", ValueType.sample()),
                g.input("k", ValueType.sample()));
    Graph graph = Graph.of("step", step.values(), step.loop());
    Map<String, double[]> at = Map.of("x", noise, "change", new double[ROWS]);
    for (int k = 0; k < STEPS; k++) {
      var inputs = new HashMap<>(at);
      double[] counter = new double[ROWS];
      Arrays.fill(counter, k);
      inputs.put("k", counter);
      at = run(graph, inputs, ROWS);
    }
    assertThat(at.get("x")).containsExactly(whole.get("x"), within(1e-12));
    for (int row = 0; row < ROWS; row++) {
      double expected = logDeterminant(whole.get("jacobian"), row * DIM * DIM, DIM);
      assertThat(Math.abs(expected)).isGreaterThan(0.01);
      assertThat(at.get("change")[row]).isCloseTo(expected, within(1e-9));
    }
  }

  @Test
  void newtonsMethodUndoesTheSampler() {
    double[] noise = Numbers.normal(8, ROWS * DIM);
    Map<String, double[]> whole = sampler(noise);
    var g = new Trace();
    var inputs = new LinkedHashMap<String, Value>();
    inputs.put(EulerMap.X, g.input(EulerMap.X, ValueType.sample(DIM)));
    inputs.put(EulerMap.Y, g.input(EulerMap.Y, ValueType.sample(DIM)));
    EulerMap.SCALARS.forEach(name -> inputs.put(name, g.input(name, ValueType.sample())));
    EulerMap.Traced pass = map(g).newton(inputs, 1e-13);
    Graph graph = Graph.of("newton", pass.values(), pass.loop());
    Map<String, double[]> at = new HashMap<>();
    at.put(EulerMap.X, whole.get("x"));
    at.put(EulerMap.Y, whole.get("x"));
    EulerMap.SCALARS.forEach(name -> at.put(name, new double[ROWS]));
    Arrays.fill(at.get(EulerMap.K), STEPS);
    for (int i = 0; i < 12 * STEPS; i++) {
      at.putAll(run(graph, at, ROWS));
    }
    assertThat(at.get(EulerMap.STATUS)).containsOnly(1);
    assertThat(Arrays.stream(at.get(EulerMap.PASSES))).allMatch(n -> n <= 6 * STEPS);
    assertThat(at.get(EulerMap.X)).containsExactly(noise, within(1e-11));
    for (int row = 0; row < ROWS; row++) {
      double expected = logDeterminant(whole.get("jacobian"), row * DIM * DIM, DIM);
      assertThat(at.get(EulerMap.CHANGE)[row]).isCloseTo(expected, within(1e-9));
    }
  }
}
