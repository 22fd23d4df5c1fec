package dev.advect.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.solve.Solve;
import dev.advect.solve.Solve.Solution;
import dev.advect.solve.Solver;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArithmeticTest {
  private static double of(Graph graph) {
    return Arithmetic.ofSample(Program.of(graph));
  }

  @Test
  void aProductIsTwoOperationsForEachWeight() {
    var g = new Trace();
    Value y =
        g.input("x", ValueType.sample(5)).dot("k", g.input("w", ValueType.shared(7, 5)), "nk", "n");
    assertThat(of(Graph.of("product", y))).isEqualTo(2 * 5 * 7);
  }

  @Test
  void anElementwiseValueIsOneForEachElement() {
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(5));
    assertThat(of(Graph.of("two", x.exp().times(x)))).isEqualTo(2 * 5);
  }

  @Test
  void aLoopCountsAllItsPasses() {
    double ten = of(sampler(10));
    double twenty = of(sampler(20));
    var field = Mlp.of(2, 32, 2, Activation.RELU);
    double products = 2 * (3 * 32 + 32 * 32 + 32 * 2);
    assertThat(field.dim()).isEqualTo(2);
    assertThat((twenty - ten) / 10).isBetween(products, 1.3 * products);
  }

  private static Graph sampler(int steps) {
    var g = new Trace();
    var field = Mlp.of(2, 32, 2, Activation.RELU);
    var parameters = new Parameters(g);
    Solution solution =
        Solve.forward(Solver.euler(steps))
            .from(
                List.of(g.normal(1, 2)),
                (state, t) -> List.of(field.velocity(parameters, state.getFirst(), t)));
    return Graph.of("sample", Map.of("x", solution.state().getFirst()), solution.loop());
  }
}
