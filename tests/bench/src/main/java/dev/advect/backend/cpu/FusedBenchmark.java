package dev.advect.backend.cpu;

import dev.advect.backend.cpu.Region.Effect;
import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Operand;
import dev.advect.backend.cpu.Region.Out;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.graph.Op.Elementwise;
import dev.advect.nn.Activation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Fused loops of activations over the {@value #FEATURES} neurons of a tile of samples. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class FusedBenchmark {
  /** Vectors or their plain twins. */
  @Param public Loops loops;

  private static final int FEATURES = 128;
  private static final int PANELS = 4;

  private static final Ref X = new Ref.Load(0);

  /** What is computed of each element. */
  @Param public Function function;

  private FusedLoop loop;
  private int panel;
  private float[][] arrays; // x[PANELS][FEATURES][P], y alike
  private int[] offsets;
  private int[] strides;
  private int[][] maps;

  /** For JMH. */
  public FusedBenchmark() {}

  /** Functions as regions with one row read and one written. */
  public enum Function {
    /** The exponential. */
    EXP(instruction(Elementwise.EXP, X)),
    /** The hyperbolic tangent. */
    TANH(instruction(Elementwise.TANH, X)),
    /** x sigmoid(x), as {@link Activation#SILU} is traced. */
    SILU(instruction(Elementwise.SIGMOID, X), instruction(Elementwise.MUL, X, new Ref.Result(0))),
    /** As {@link Activation#SELU} is traced. */
    SELU(
        instruction(Elementwise.EXPM1, X),
        instruction(Elementwise.MUL, new Ref.Result(0), new Ref.Literal(1.7580993f)),
        instruction(Elementwise.LESS, new Ref.Literal(0), X),
        instruction(Elementwise.MUL, X, new Ref.Literal(1.050701f)),
        instruction(Elementwise.SELECT, new Ref.Result(2), new Ref.Result(3), new Ref.Result(1)));

    private final Region region;

    Function(Instruction... body) {
      region =
          new Region(
              false,
              List.of(Operand.ROW, Operand.ROW),
              List.of(body),
              List.of(new Out(Effect.STORE, body.length - 1, 1)));
    }
  }

  private static Instruction instruction(Elementwise op, Ref... args) {
    return new Instruction(op, List.of(args));
  }

  /** Makes the samples. */
  @Setup
  public void prepare() {
    Kernels kernels = loops.kernels();
    loop = kernels.compile(function.region);
    panel = kernels.panel();
    int stride = FEATURES * panel;
    arrays = new float[][] {Loops.numbers(PANELS * stride), Memory.allocate(PANELS * stride)};
    offsets = new int[2];
    strides = new int[] {stride, stride};
    maps = new int[2][];
  }

  /** Applies the function to all elements. */
  @Benchmark
  public float[] apply(Work.Elements work) {
    loop.current().run(arrays, offsets, strides, maps, 0, PANELS, 0, FEATURES, panel);
    work.elements += (double) PANELS * FEATURES * panel;
    return arrays[1];
  }
}
