package dev.advect.program;

import static dev.advect.type.ValueType.sample;
import static dev.advect.type.ValueType.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramTest {
  /** The whole of a small training step: what is fused, what is kept, where, in which stage. */
  @Test
  void aTrainingStepIsOneSampleStageAndOneSharedStage() {
    var g = new Trace();
    Value x = g.normal(3, 2);
    Value w = g.input("w", shared(4, 2));
    Value b = g.input("b", shared(4));
    Value rate = g.input("rate", shared());
    Value y = x.dot("i", w, "oi", "o").plus(b).tanh();
    Value loss = y.square().sum().meanSamples();
    List<Value> gradients = Autodiff.gradient(loss, List.of(w, b));
    var updates = new LinkedHashMap<Value, Value>();
    updates.put(w, w.minus(gradients.get(0).times(rate)));
    updates.put(b, b.minus(gradients.get(1).times(rate)));
    var results = new LinkedHashMap<String, Value>();
    results.put("loss", loss);
    var graph = new Graph("step", results, updates, List.of());
    assertThat(Program.of(graph).toString())
        .isEqualTo(
            """
            program step
              * before a value: it is kept in memory, per sample at that offset of the slab (in floats)
              * behind an operand: it is broadcast or rearranged as it is read

            in short
              stage 0: 4 steps on samples, about 72 operations and 7 floats of memory a sample
              stage 1: 2 steps on shared values

            stage 0: samples, tile by tile, 7 floats a sample in the slab
              %0 = normal #3 : sample[2] at 0
              %1 = contract i,oi->o %0, w : sample[4] at 2
                then fused over 4 features:
                       %3 = add %1, b
                       %4 = tanh %3
                       %5 = mul %4, %4
                     * %6 = sum over [0] %5 : sample[] at 6
                       %12 = add %4, %4
                       %13 = sub constant 1, %5
                       %14 = mul %12, %13
                     * %15 = mul reciprocal batch*, %14 : sample[4] at 2
                     * %20 = sum samples %15 : shared[4]
              fused over 1 feature:
                %8 = mul %6, reciprocal batch
              * %9 = sum samples %8 : shared[]
              %16 = contract o,i->oi over samples %15, %0 : shared[4, 2]
              sums over samples: %9 : shared[], %16 : shared[4, 2], %20 : shared[4]

            stage 1: shared, all workers on one value
              fused over 4 features:
                %22 = mul %20, rate*
              * %23 = sub b, %22 : shared[4]
              fused over 8 features:
                %18 = mul %16, rate*
              * %19 = sub w, %18 : shared[4, 2]

            result loss = %9 : shared[]
            updates w, b
            """);
  }

  @Test
  void aSumOverSamplesThatSamplesReadBeginsAnotherStage() {
    var g = new Trace();
    Value x = g.input("x", sample(3));
    Value centred = x.minus(x.meanSamples());
    Value scaled = centred.over(centred.square().meanSamples().plus(1e-5).sqrt());
    Program program = Program.of(Graph.of("norm", scaled));
    assertThat(program.stages().stream().filter(s -> s instanceof Stage.Sample)).hasSize(3);
    assertThat(program.stored()).contains(scaled).doesNotContain(x);
  }

  @Test
  void memoryIsReusedAsSoonAsAValueHasBeenRead() {
    var g = new Trace();
    Value x = g.input("x", sample(100));
    for (int i = 0; i < 50; i++) {
      x = x.dot("i", g.input("w" + i, shared(100, 100)), "oi", "o").tanh();
    }
    Program program = Program.of(Graph.of("deep", x.sum()));
    Stage.Sample stage = (Stage.Sample) program.stages().getFirst();
    assertThat(stage.buffers().size()).isLessThanOrEqualTo(201);
  }

  @Test
  void deepGraphsDoNotOverflowTheStack() {
    var g = new Trace();
    Value x = g.input("x", sample(2));
    Value y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.plus(x.times(1.0 / (i + 2)));
    }
    Value back = Autodiff.vjp(List.of(y), List.of(g.ones(y.type())), List.of(x)).getFirst();
    assertThat(Graph.of("deep", back.plus(y)).values()).hasSizeGreaterThan(20_000);
  }
}
