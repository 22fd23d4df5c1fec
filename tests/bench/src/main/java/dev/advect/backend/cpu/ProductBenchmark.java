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
 * The micro-kernel of products with weights: a layer of {@value #WIDTH} neurons for one panel of
 * samples, whose numbers stay in first-level cache while weights go by.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ProductBenchmark {
  /** Vectors or their plain twins. */
  @Param public Loops loops;

  private static final int WIDTH = 256;

  /** How the weights lie: packed, or where they are, row after row or column after column. */
  public enum Layout {
    /** {@code [WIDTH/L][depth][L]}. */
    PACKED,
    /** {@code [WIDTH][depth]}, as the forward pass finds them. */
    ROWS,
    /** {@code [depth][WIDTH]}, as the backward pass finds them. */
    COLUMNS
  }

  /** How the weights lie. */
  @Param public Layout layout;

  /** Rows of a kernel; more than {@link Kernels#rows} are measured to see why no more are used. */
  @Param({"1", "2", "4", "8"})
  public int rows;

  /** Terms of a sum: how many neurons the layer before has. */
  @Param({"64", "256", "1024"})
  public int depth;

  private MicroKernel kernel;
  private int panel;
  private int[] groups;
  private float[] weights;
  private float[] samples; // x[depth][P]
  private float[] result; // y[WIDTH][P]

  /** For JMH. */
  public ProductBenchmark() {}

  /** Makes weights and samples. */
  @Setup
  public void prepare() {
    Kernels kernels = loops.kernels();
    panel = kernels.panel();
    int block = kernels.block();
    groups = new int[WIDTH / rows];
    switch (layout) {
      case PACKED -> {
        kernel = kernels.kernel(new Kernels.Shape(rows, 1, block));
        Arrays.setAll(groups, g -> g * rows / block * depth * block + g * rows % block);
      }
      case ROWS -> {
        kernel = kernels.kernel(new Kernels.Shape(rows, depth, 1));
        Arrays.setAll(groups, g -> g * rows * depth);
      }
      case COLUMNS -> {
        kernel = kernels.kernel(new Kernels.Shape(rows, 1, WIDTH));
        Arrays.setAll(groups, g -> g * rows);
      }
    }
    weights = Loops.numbers(WIDTH * depth);
    samples = Loops.numbers(depth * panel);
    result = Memory.allocate(WIDTH * panel);
  }

  /** Computes all rows of the layer. */
  @Benchmark
  public float[] product(Work.Flops work) {
    MicroKernel current = kernel.current();
    current.run(
        weights, groups, 0, groups.length, 0, 0, samples, 0, 1, depth, depth, result, 0, true);
    work.flop += 2.0 * WIDTH * depth * panel;
    return result;
  }
}
