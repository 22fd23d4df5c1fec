package dev.advect.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Graph;
import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.solve.Dynamics;
import dev.advect.solve.Solve;
import dev.advect.solve.Tableau;
import dev.advect.testing.Numbers;
import dev.advect.testing.TestDevice;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient through a loop is that of the same passes written one after the other. */
@Tag("device")
@Tag("nvrtc")
class LoopGradientTest {
  private static final int DIM = 3;
  private static final int STEPS = 4;
  private static final Slice SLICE = new Slice(5, 7, 20, 3);

  private final Trace g = new Trace();
  private final Value w = g.input("w", ValueType.shared(DIM, DIM));
  private final Value b = g.input("b", ValueType.shared(DIM));
  private final Value scale = g.input("scale", ValueType.shared());
  private final Value start = g.input("start", ValueType.sample(DIM));
  private final List<Value> xs = List.of(w, b, scale, start);
  private final Map<String, double[]> in =
      Map.of(
          "w", Numbers.doubles(Numbers.floats(Numbers.normal(1, DIM * DIM))),
          "b", Numbers.doubles(Numbers.floats(Numbers.normal(2, DIM))),
          "scale", new double[] {0.75},
          "start", Numbers.doubles(Numbers.floats(Numbers.normal(3, DIM * SLICE.count()))));

  /**
   * A field with weights, time, a shared scalar through a function, and a fixed per-sample part.
   */
  private Value velocity(Value x, Value t) {
    Value h = x.dot("i", w, "oi", "o").plus(b).plus(t).tanh();
    return h.times(scale.exp()).plus(start.times(0.25));
  }

  /** Second order: the divergence of the velocity is part of the state. */
  private Dynamics dynamics() {
    return (state, t) -> {
      Value v = velocity(state.getFirst(), t);
      return List.of(v, Divergence.hutchinson(2).of(v, state.getFirst()));
    };
  }

  private List<Value> begin() {
    return List.of(start.times(b), g.zeros(ValueType.sample(2)));
  }

  private Value loss(List<Value> state) {
    Value x = state.getFirst();
    return x.square().sum().plus(state.getLast().sum()).plus(b.sum().times(0.5)).meanSamples();
  }

  private Map<String, Value> named(List<Value> gradient) {
    var results = new LinkedHashMap<String, Value>();
    for (int i = 0; i < xs.size(); i++) {
      results.put("g" + i, gradient.get(i));
    }
    return results;
  }

  private Graph looped(Tableau method) {
    var solution = Solve.backward(method, STEPS).from(begin(), dynamics());
    Gradient gradient = Autodiff.gradient(loss(solution.state()), xs, List.of(solution.loop()));
    return Graph.of("looped", named(gradient.values()), gradient.loops().toArray(Repeat[]::new));
  }

  private Graph unrolled(Tableau method) {
    List<Value> state = new ArrayList<>(begin());
    for (int k = STEPS; k > 0; k--) {
      Value t = g.constant((float) k / STEPS, ValueType.sample());
      state = method.step(dynamics(), state, t, -1.0 / STEPS);
    }
    return Graph.of("unrolled", named(Autodiff.gradient(loss(state), xs)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"euler", "midpoint", "rk4"})
  void equalsThatOfTheUnrolledLoop(String method) {
    Tableau tableau = Tableau.of(method);
    var wanted = Interpreter.run(unrolled(tableau), in, SLICE, 11).results();
    var found = Interpreter.run(looped(tableau), in, SLICE, 11).results();
    // Times are quotients in one and floats in the other: k/4 is both.
    wanted.forEach(
        (name, values) -> {
          assertThat(values).as(name).isNotEqualTo(new double[values.length]);
          assertThat(found.get(name)).as(name).containsExactly(values, within(1e-12));
        });
  }

  @Test
  void runsOnTheCpuTileByTile() {
    Graph graph = looped(Tableau.MIDPOINT);
    var wanted = Interpreter.run(graph, in, SLICE, 11).results();
    for (BackendOptions options :
        List.of(
            BackendOptions.standard().withThreads(2),
            BackendOptions.standard().withThreads(1).withTile(16))) {
      try (Backend cpu = Backends.open(TestDevice.NAME, options).backend();
          Executable e = cpu.compile(graph)) {
        in.forEach(
            (name, x) -> {
              if (name.equals("start")) {
                e.bind(name, Numbers.floats(x));
              } else {
                e.set(name, Numbers.floats(x));
              }
            });
        e.run(SLICE, 11);
        wanted.forEach(
            (name, values) ->
                assertThat(Numbers.doubles(e.result(name)))
                    .as(name)
                    .containsExactly(values, within(2e-5)));
      }
    }
  }

  @Test
  void itsSizeDoesNotDependOnThePasses() {
    assertThat(equations(1000)).isEqualTo(equations(70)); // 1, 2 and 0.5 merge with constants
  }

  private long equations(int steps) {
    var solution = Solve.forward(Tableau.MIDPOINT, steps).from(begin(), dynamics());
    Gradient gradient = Autodiff.gradient(loss(solution.state()), xs, List.of(solution.loop()));
    assertThat(gradient.loops()).hasSize(2).allMatch(loop -> loop.times() == steps);
    return Graph.of("g", named(gradient.values()), gradient.loops().toArray(Repeat[]::new))
        .values()
        .size();
  }

  @Test
  void refusesWhatItCannotDo() {
    var solution = Solve.forward(Tableau.EULER, 2).from(begin(), dynamics());
    Value loss = loss(solution.state());
    assertThatThrownBy(() -> Autodiff.gradient(loss, xs, List.of(solution.loop(), solution.loop())))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("through 2 loops");
  }

  @Test
  void refusesDerivativesByWhatIsNotAValueOfItsOwn() {
    Value one = g.ones(ValueType.sample());
    for (Value x : List.of(g.constant(0.5f, ValueType.sample()), scale.spread())) {
      assertThatThrownBy(() -> Autodiff.jvp(List.of(x.square()), List.of(x), List.of(one)))
          .hasMessageContaining("no derivative by a constant or a spread value");
    }
  }
}
