package dev.advect.backend.cuda;

import static dev.advect.type.ValueType.sample;
import static dev.advect.type.ValueType.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.program.Fusion;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The text that is made of a group of elementwise operations. */
class FusedKernelTest {
  /**
   * A layer: the bias and the activation follow the product, and nothing between lies in memory.
   */
  @Test
  void aBiasAndAnActivationAreOneKernel() {
    var g = new Trace();
    Value z = g.input("x", sample(2)).dot("i", g.input("w", shared(3, 2)), "oi", "o");
    Value shifted = z.plus(g.input("b", shared(3)));
    FusedKernel kernel = only(Graph.of("layer", shifted.times(shifted.sigmoid())));
    assertThat(kernel.name()).matches("fused_[0-9a-f]{16}");
    assertThat(kernel.text())
        .isEqualTo(
            """
            ADVECT_KERNEL NAME(float* y0, const float* x0, const float* x1, \
            int ld, int features, int samples) {
              forEach(features, fours(samples), [&](int f, int four) {
                long long row = (long long)f * ld;
                int s = 4 * four;
                Four a0 = load(x0 + row, s, samples);
                float a1 = x1[f];
                Four b0;
            #pragma unroll
                for (int k = 0; k < 4; k++) {
                  float v0 = advect_add(a0.at[k], a1);
                  float v1 = advect_sigmoid(v0);
                  float v2 = advect_mul(v0, v1);
                  b0.at[k] = v2;
                }
                store(y0 + row, s, samples, b0);
              });
            }
            """
                .replace("NAME", kernel.name()));
  }

  @Test
  void whatIsSharedOrRearrangedOrTheSameForAllFeaturesIsReadWhereItIs() {
    var g = new Trace();
    Value x = g.input("x", sample(3, 4));
    Value t = g.input("t", sample());
    Value turned = g.transpose(x, List.of(1, 0)).plus(g.input("c", shared(3)));
    FusedKernel kernel = only(Graph.of("views", turned.times(t).plus(0.1)));
    assertThat(kernel.text())
        .contains(
            "const float* x0, const int* rows0, const float* x1, const int* rows1, const float*"
                + " x2,",
            "Four a0 = load(x0 + (long long)rows0[f] * ld, s, samples);",
            "float a1 = x1[rows1[f]];",
            "Four a2 = load(x2, s, samples);",
            "advect_add(v1, 0x1.99999ap-4f)");
  }

  /** Rates and such are one number, moments and weights are rows of them. */
  @Test
  void aSharedGroupIsOneRow() {
    var g = new Trace();
    Value w = g.input("w", shared(4, 3));
    Value moment = g.input("m", shared(4, 3));
    Value rate = g.input("rate", shared());
    var updates = new LinkedHashMap<Value, Value>();
    updates.put(w, w.minus(moment.times(0.9).times(rate)));
    var graph = new Graph("sgd", new LinkedHashMap<>(), updates, List.of());
    FusedKernel kernel = only(graph);
    assertThat(kernel.isSampled()).isFalse();
    assertThat(kernel.text())
        .contains(
            "Four a0 = load(x0, s, samples);",
            "float a1 = x1[0];",
            "Four a2 = load(x2, s, samples);");
  }

  @Test
  void layersOfOneFormShareAKernel() {
    var g = new Trace();
    Value x = g.input("x", sample(5));
    for (int i = 0; i < 3; i++) {
      Value w = g.input("w" + i, shared(5, 5));
      x = x.dot("i", w, "oi", "o").plus(g.input("b" + i, shared(5))).tanh();
    }
    List<FusedKernel> kernels = kernels(Graph.of("deep", x));
    assertThat(kernels).hasSize(3);
    assertThat(kernels.stream().map(FusedKernel::name).distinct()).hasSize(1);
  }

  @Test
  void numbersThatAreNoneAreWrittenByName() {
    var g = new Trace();
    Value x = g.input("x", sample(2));
    Value y = x.min(g.constant(Float.NEGATIVE_INFINITY)).max(g.constant(Float.NaN));
    assertThat(only(Graph.of("odd", y)).text())
        .contains("advect_min(a0.at[k], -ADVECT_INFINITY)", "advect_max(v0, ADVECT_NAN)");
  }

  /** Sums need more than a thread a number: what they read is stored, and they have own kernels. */
  @Test
  void sumsAreNoPartOfAGroup() {
    Program program = Program.of(step(), Fusion.MAPS);
    for (Stage stage : program.stages()) {
      stage.steps().stream()
          .flatMap(step -> step.group().stream())
          .forEach(
              group -> {
                assertThat(group.body()).noneMatch(Program::isReduction);
                assertThat(group.stores()).isNotEmpty();
              });
    }
    assertThat(kernels(step())).hasSizeBetween(3, 8);
  }

  /** A small step of training. */
  static Graph step() {
    var g = new Trace();
    Value x = g.normal(3, 2);
    Value w = g.input("w", shared(5, 2));
    Value b = g.input("b", shared(5));
    Value rate = g.input("rate", shared());
    Value y = x.dot("i", w, "oi", "o").plus(b).tanh();
    Value loss = y.square().sum().meanSamples();
    List<Value> gradients = Autodiff.gradient(loss, List.of(w, b));
    var updates = new LinkedHashMap<Value, Value>();
    updates.put(w, w.minus(gradients.get(0).times(rate)));
    updates.put(b, b.minus(gradients.get(1).times(rate)));
    var results = new LinkedHashMap<String, Value>(Map.of("loss", loss));
    return new Graph("step", results, updates, List.of());
  }

  static List<FusedKernel> kernels(Graph graph) {
    Program program = Program.of(graph, Fusion.MAPS);
    return program.stages().stream()
        .flatMap(stage -> stage.steps().stream())
        .flatMap(step -> step.group().stream())
        .map(group -> FusedKernel.of(program, group))
        .toList();
  }

  private static FusedKernel only(Graph graph) {
    List<FusedKernel> kernels = kernels(graph);
    assertThat(kernels).hasSize(1);
    return kernels.getFirst();
  }
}
