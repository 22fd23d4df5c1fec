package dev.advect.backend.cpu;

import java.util.Arrays;
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

/**
 * The micro-kernel of gradients of weights: {@value #WIDTH} rows by one panel of features, summed
 * over the samples of some panels.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class OuterBenchmark {
  /** Vectors or their plain twins. */
  @Param public Loops loops;

  private static final int WIDTH = 256;

  /** Rows of a kernel. */
  @Param({"1", "2", "4", "8"})
  public int rows;

  /** Panels of samples that are summed over: a tile of them, or a small batch. */
  @Param({"2", "16"})
  public int panels;

  private MicroKernel kernel;
  private int panel;
  private int[] groups;
  private float[] broadcast; // a[panels][WIDTH][P]: samples side by side
  private float[] turned; // b[panels][P][P]: features side by side
  private float[] sum; // c[WIDTH][P]

  /** For JMH. */
  public OuterBenchmark() {}

  /** Makes both factors. */
  @Setup
  public void prepare() {
    Kernels kernels = loops.kernels();
    kernel = kernels.kernel(new Kernels.Shape(rows, kernels.panel(), 1));
    panel = kernels.panel();
    groups = new int[WIDTH / rows];
    Arrays.setAll(groups, g -> g * rows * panel);
    broadcast = Loops.numbers(panels * WIDTH * panel);
    turned = Loops.numbers(panels * panel * panel);
    sum = Memory.allocate(WIDTH * panel);
  }

  /** Computes all rows of the sum. */
  @Benchmark
  public float[] outer(Work.Flops work) {
    MicroKernel current = kernel.current();
    int p = panel;
    current.run(
        broadcast, groups, 0, groups.length, 0, WIDTH * p, turned, 0, panels, p, p, sum, 0, true);
    work.flop += 2.0 * WIDTH * panels * p * p;
    return sum;
  }
}
