package dev.advect.backend.cpu;

import static dev.advect.type.ValueType.sample;
import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.BackendOptions;
import dev.advect.graph.Graph;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopCompilerTest {
  private static final LoopCompiler.Target TARGET =
      new LoopCompiler.Target(2, 2 * VectorKernels.SPECIES.length());

  /** Compiles nothing, and keeps what it was asked to compile. */
  private static final class Recording implements Kernels {
    final List<Region> regions = new ArrayList<>();

    @Override
    public int panel() {
      return 2 * VectorKernels.SPECIES.length();
    }

    @Override
    public String description() {
      return "recording";
    }

    @Override
    public int block() {
      return VectorKernels.SPECIES.length();
    }

    @Override
    public int rows() {
      return 4;
    }

    @Override
    public MicroKernel kernel(Shape shape) {
      return (_, _, _, _, _, _, _, _, _, _, _, _, _, _) -> {};
    }

    @Override
    public void turn(float[] from, int at, int pitch, float[] to, int to0, int toPitch) {}

    @Override
    public void copy(float[] from, int at, int pitch, float[] to, int to0, int rows) {}

    @Override
    public void copyRows(
        float[] from, int at, int pitch, float[] to, int to0, int toPitch, int rows) {}

    @Override
    public void addUp(float[][] terms, int at, float[] to, int to0, int toPitch, int rows) {}

    @Override
    public double sum(float[] a, int from, int to) {
      return 0;
    }

    @Override
    public void rowDot(
        float[] a, int a0, int[] ai, float[] b, int b0, int[] bi, float[] c, int c0) {}

    @Override
    public void draw(
        Key key,
        Source.Draw draw,
        long sample,
        int block,
        int rows,
        float[] out,
        int at,
        Room room) {}

    @Override
    public FusedLoop compile(Region region) {
      regions.add(region);
      return (_, _, _, _, _, _, _, _, _) -> {};
    }
  }

  static List<UnaryOperator<Value>> functions() {
    return List.of(
        Value::exp,
        Value::expm1,
        x -> x.square().plus(1).log(),
        x -> x.square().log1p(),
        Value::tanh,
        Value::sin,
        Value::erf,
        Value::sigmoid,
        x -> x.square().plus(1).pow(x),
        x -> x.abs().sqrt().plus(1).recip());
  }

  /** HotSpot does not compile methods of more than 8,000 bytes of code. */
  @ParameterizedTest
  @MethodSource("functions")
  void noLoopIsTooLongToBeCompiled(UnaryOperator<Value> function) {
    var g = new Trace();
    Value x = g.input("x", sample(7));
    for (int i = 0; i < 30; i++) {
      x = function.apply(x).plus(0.1 * i).times(0.5);
    }
    var recording = new Recording();
    try (var backend = new CpuBackend(recording, BackendOptions.standard())) {
      backend.compile(Graph.of("chain", x)).close();
    }
    assertThat(recording.regions).hasSizeGreaterThan(1);
    for (Region region : recording.regions) {
      assertThat(length(LoopCompiler.bytes(region, TARGET))).isBetween(100, 8_000);
    }
  }

  private static int length(byte[] bytes) {
    return ClassFile.of().parse(bytes).methods().stream()
        .filter(m -> m.methodName().equalsString("run"))
        .map(m -> (CodeAttribute) m.code().orElseThrow())
        .mapToInt(CodeAttribute::codeLength)
        .sum();
  }
}
