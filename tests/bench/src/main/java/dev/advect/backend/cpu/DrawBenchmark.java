package dev.advect.backend.cpu;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Source;
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

/** Draws of {@value #ELEMENTS} elements for each sample of a panel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class DrawBenchmark {
  /** Vectors or their plain twins. */
  @Param public Loops loops;

  private static final int ELEMENTS = 64;

  /** What is drawn. */
  @Param({"NORMAL", "UNIFORM", "RADEMACHER"})
  public Distribution law;

  private Kernels kernels;
  private Source.Draw draw;
  private Kernels.Room room;
  private int panel;
  private long step;
  private float[] out; // [ELEMENTS][P]

  /** For JMH. */
  public DrawBenchmark() {}

  /** Makes room. */
  @Setup
  public void prepare() {
    kernels = loops.kernels();
    panel = kernels.panel();
    draw = new Source.Draw(law, 3, 0);
    room = new Kernels.Room(new int[4 * panel], new float[panel]);
    out = Memory.allocate(ELEMENTS * panel);
  }

  /** Draws everything a step needs. */
  @Benchmark
  public float[] draw(Work.Elements work) {
    var key = new Kernels.Key(17, step++);
    for (int block = 0; block < ELEMENTS / 4; block++) {
      kernels.draw(key, draw, 0, block, 4, out, 4 * block * panel, room);
    }
    work.elements += (double) ELEMENTS * panel;
    return out;
  }
}
