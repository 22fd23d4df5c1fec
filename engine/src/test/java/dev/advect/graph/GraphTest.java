package dev.advect.graph;

import static dev.advect.type.ValueType.sample;
import static dev.advect.type.ValueType.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.advect.autodiff.Autodiff;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {
  private final Trace g = new Trace();

  @Test
  void aShapeErrorNamesTheOperationBothTypesAndBothLines() {
    Value x = g.input("x", sample(3));
    Value z = g.input("z", shared(4));
    assertThatThrownBy(() -> x.plus(z))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("add: the dims do not fit together")
        .hasMessageContaining("sample[3], shared[4]")
        .hasMessageContaining("input x : sample[3] made at GraphTest.java:")
        .hasMessageContaining("input z : shared[4] made at GraphTest.java:");
  }

  @Test
  void nonsenseIsRefusedWithNumbers() {
    Value x = g.input("x", sample(3, 4));
    Value w = g.input("w", shared(5, 4));
    assertThatThrownBy(() -> x.dot("ij", w, "jk", "ik")).hasMessageContaining("'j' is 4 and 5");
    assertThatThrownBy(() -> x.dot("i", w, "oi", "o")).hasMessageContaining("one letter for each");
    assertThatThrownBy(() -> x.dot("ti", w, "oj", "to")).hasMessageContaining("occurs once");
    assertThatThrownBy(() -> x.slice(1, 2, 5)).hasMessageContaining("axis 1 has 4 elements");
    assertThatThrownBy(() -> x.reshape(5, 2)).hasMessageContaining("12 elements do not fill");
    assertThatThrownBy(() -> x.sum(2)).hasMessageContaining("there is no axis 2 of 2");
    assertThatThrownBy(() -> x.transpose(0, 0)).hasMessageContaining("no order of 2 axes");
    assertThatThrownBy(() -> w.sumSamples()).hasMessageContaining("only a per-sample value");
    assertThatThrownBy(() -> g.contract("ij", "oj", "io", true, x, w))
        .hasMessageContaining("two per-sample arguments");
    assertThatThrownBy(() -> sample(3, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> x.plus(new Trace().input("y", sample(3, 4))))
        .hasMessageContaining("another trace");
  }

  @Test
  void sharedMeetsPerSampleAndScalarsFitEverything() {
    Value x = g.input("x", sample(3, 4));
    assertThat(x.plus(g.input("b", shared(4))).type()).isEqualTo(sample(3, 4));
    assertThat(x.times(2).plus(g.step()).type()).isEqualTo(sample(3, 4));
    assertThat(x.sumSamples().type()).isEqualTo(shared(3, 4));
    assertThat(x.mean(0).type()).isEqualTo(sample(4));
  }

  @Test
  void equalValuesAreOneAndArithmeticWithConstantsDisappears() {
    Value x = g.input("x", sample(3));
    assertThat(x.sin()).isSameAs(x.sin());
    assertThat(x.plus(0)).isSameAs(x);
    assertThat(x.times(1)).isSameAs(x);
    assertThat(x.neg().neg()).isSameAs(x);
    assertThat(x.times(0).is(0)).isTrue();
    assertThat(x.times(2).times(3)).isSameAs(x.times(6));
    assertThat(x.minus(x.times(0))).isSameAs(x);
  }

  @Test
  void theDerivativeOfASelectionIsASelection() {
    Value x = g.input("x", sample(3));
    Value y = x.less(g.constant(0)).select(x.exp(), x.times(5));
    Value dy = Autodiff.vjp(List.of(y), List.of(g.ones(y.type())), List.of(x)).getFirst();
    assertThat(dy.op()).isEqualTo(Op.Elementwise.SELECT);
    assertThat(dy.arg(1)).isSameAs(x.exp());
    assertThat(dy.arg(2).is(5)).isTrue();
  }

  @Test
  void derivativesHaveTheTypeOfWhatTheyAreTakenBy() {
    Value x = g.input("x", sample(3));
    Value w = g.input("w", shared(2, 3));
    Value loss = x.dot("i", w, "oi", "o").square().sum().meanSamples();
    List<Value> gradients = Autodiff.gradient(loss, List.of(w, x));
    assertThat(gradients.get(0).type()).isEqualTo(shared(2, 3));
    assertThat(gradients.get(1).type()).isEqualTo(sample(3));
    assertThat(Autodiff.gradient(loss, List.of(g.input("other", shared(7)))).getFirst().is(0))
        .isTrue();
    assertThatThrownBy(() -> Autodiff.gradient(x, List.of(w)))
        .hasMessageContaining("only a scalar has a gradient");
  }

  @Test
  void aStackOfTangentsGivesTheJacobian() {
    Value x = g.input("x", sample(3));
    Value w = g.input("w", shared(2, 3));
    Value jacobian =
        Autodiff.jvp(List.of(x.dot("i", w, "oi", "o").tanh()), List.of(x), List.of(g.identity(3)))
            .getFirst();
    assertThat(jacobian.type()).isEqualTo(sample(3, 2));
  }

  @Test
  void aGraphIsVerifiedWhenItIsMade() {
    Value x = g.input("x", sample(3));
    Value w = g.input("w", shared(3));
    assertThatThrownBy(() -> Graph.of("empty", Map.of())).hasMessageContaining("without results");
    var updates = new LinkedHashMap<Value, Value>();
    updates.put(w, x.sum().sumSamples());
    assertThatThrownBy(() -> new Graph("u", new LinkedHashMap<>(), updates, List.of()))
        .hasMessageContaining("input w : shared[3] is updated with shared[]");
    Value carried = g.carry("c", 3);
    assertThatThrownBy(() -> Graph.of("free", carried.sin()))
        .hasMessageContaining("not carried by a loop");
    assertThatThrownBy(
            () -> new Repeat(3, List.of(carried), List.of(x.sum()), List.of(carried.plus(1))))
        .hasMessageContaining("carry c : sample[3] becomes sample[]");
    var sums =
        new Repeat(3, List.of(carried), List.of(x), List.of(carried.minus(carried.meanSamples())));
    assertThatThrownBy(() -> Graph.of("s", Map.of("c", carried), sums))
        .hasMessageContaining("its body sums over samples");
  }

  @Test
  void aTotalBeginsAsZeroAndOnlyCollectsSums() {
    Value x = g.input("x", sample(3));
    Value c = g.carry("c", 3);
    Value total = g.total("t", 3);
    Value zero = g.zeros(shared(3));
    Value sum = c.sumSamples();
    Value next = c.plus(1);
    assertThat(total(c, x, next, total, zero, total.plus(sum)).totals())
        .containsExactly(entry(total, sum));
    String wanted = "shared carry t made at GraphTest.java:";
    for (Value wrong : List.of(sum, total, total.plus(1), total.times(sum), sum.plus(sum))) {
      assertThatThrownBy(() -> total(c, x, next, total, zero, wrong))
          .hasMessageContaining(wanted)
          .hasMessageContaining("must begin as 0 and go on as itself plus a sum");
    }
    assertThatThrownBy(() -> total(c, x, next, total, g.ones(shared(3)), total.plus(sum)))
        .hasMessageContaining(wanted);
    Repeat read = total(c, x, c.plus(total), total, zero, total.plus(sum));
    assertThatThrownBy(() -> Graph.of("read", Map.of("c", c), read))
        .hasMessageContaining("its body sums over samples");
    Repeat late = new Repeat(1, List.of(g.carry("d", 3)), List.of(c), List.of(g.carry("d", 3)));
    assertThatThrownBy(
            () ->
                Graph.of(
                    "order", Map.of("c", c), late, total(c, x, next, total, zero, total.plus(sum))))
        .hasMessageContaining("which a later loop carries");
  }

  private static Repeat total(Value c, Value x, Value next, Value total, Value zero, Value more) {
    return new Repeat(2, List.of(c, total), List.of(x, zero), List.of(next, more));
  }

  @Test
  void aGraphPrintsOneValueALine() {
    Value x = g.input("x", sample(2));
    Value w = g.input("w", shared(3, 2));
    var results = new LinkedHashMap<String, Value>();
    results.put("y", x.dot("i", w, "oi", "o").tanh().times(0.5));
    assertThat(Graph.of("layer", results).toString())
        .isEqualTo(
            """
            graph layer
              %0 = input x : sample[2]
              %1 = input w : shared[3, 2]
              %2 = contract i,oi->o %0, %1 : sample[3]
              %3 = tanh %2 : sample[3]
              %4 = constant 0.5 : sample[3]
              %5 = mul %3, %4 : sample[3]
              result y = %5
            """);
  }
}
