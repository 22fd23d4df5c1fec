package dev.advect.backend.cpu;

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

/** Turning a matrix, square by square, as weights are packed and factors of gradients turned. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class TurnBenchmark {
  /** Vectors or their plain twins. */
  @Param public Loops loops;

  /** Rows and columns of the matrix: one that stays in first-level cache, and one that does not. */
  @Param({"64", "512"})
  public int size;

  private Kernels kernels;
  private int block;
  private float[] from; // [size][size]
  private float[] to; // [size][size]

  /** For JMH. */
  public TurnBenchmark() {}

  /** Makes the matrix. */
  @Setup
  public void prepare() {
    kernels = loops.kernels();
    block = kernels.block();
    from = Loops.numbers(size * size);
    to = Memory.allocate(size * size);
  }

  /** Turns all of it. */
  @Benchmark
  public float[] turn(Work.Elements work) {
    for (int row = 0; row < size; row += block) {
      for (int column = 0; column < size; column += block) {
        kernels.turn(from, row * size + column, size, to, column * size + row, size);
      }
    }
    work.elements += (double) size * size;
    return to;
  }
}
