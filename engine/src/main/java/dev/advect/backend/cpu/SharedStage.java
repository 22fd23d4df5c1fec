package dev.advect.backend.cpu;

import dev.advect.backend.cpu.SharedTask.Ranged;
import dev.advect.backend.cpu.SharedTask.Whole;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Step;
import dev.advect.program.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs a shared stage: adds up the sums that a sample stage has left in lanes, does the steps, and
 * packs the weights that have changed.
 */
final class SharedStage {
  /** Smaller values are not worth sharing out, unless that goes on with what is. */
  private static final int SMALL = 64;

  private final Program program;
  private final Kernels kernels;
  private final Memory memory;
  private final Pool pool;
  private final List<SharedTask> tasks = new ArrayList<>();
  private final Chains chains;

  /**
   * Binds a stage.
   *
   * @param sums what adds up the sums of the sample stage before it
   */
  SharedStage(
      Program program,
      List<Step> steps,
      List<SharedTask> sums,
      Kernels kernels,
      Memory memory,
      Pool pool) {
    this.program = program;
    this.kernels = kernels;
    this.memory = memory;
    this.pool = pool;
    sums.forEach(this::add);
    for (Step step : steps) {
      switch (step) {
        case Step.Fused f -> add(fused(f));
        case Step.Single(Value v, _) -> single(v);
      }
    }
    chains = new Chains(List.copyOf(tasks), pool);
  }

  /** Adds a task, and the packing of what it writes. */
  private void add(SharedTask task) {
    tasks.add(task);
    for (float[] written : task.writes()) {
      for (PackedWeights weights : memory.packed(written)) {
        tasks.add(weights.task());
      }
    }
  }

  private SharedTask fused(Step.Fused f) {
    var step = new FusedStep(program, f, kernels, memory, null, List.of(), pool.size());
    Set<float[]> reads = new HashSet<>();
    Set<float[]> elementwise = new HashSet<>();
    Set<float[]> otherwise = new HashSet<>();
    for (Value v : f.body()) {
      for (View read : program.reads(v)) {
        float[] array = memory.shared(read.base());
        if (array != null && !f.body().contains(read.base())) {
          reads.add(array);
          boolean same = read.isIdentity() && read.base().size() == f.size();
          (same ? elementwise : otherwise).add(array);
        }
      }
    }
    Set<float[]> writes = new HashSet<>();
    f.stores().forEach(v -> writes.add(memory.shared(v)));
    elementwise.addAll(writes);
    elementwise.removeAll(otherwise);
    if (f.size() <= SMALL && !continues(f.size(), elementwise)) {
      return new Whole(reads, writes, () -> step.flat(0, 0, f.size()));
    }
    return new Ranged(
        reads,
        writes,
        elementwise,
        f.size(),
        granule(f.stores().getFirst()),
        (from, to, _, worker) -> step.flat(worker, from, to));
  }

  /** Whether some arrays are written, over a range of that size, by a task that is shared out. */
  private boolean continues(int size, Set<float[]> arrays) {
    return tasks.stream()
        .anyMatch(
            task ->
                task instanceof Ranged r
                    && r.size() == size
                    && r.writes().stream().anyMatch(arrays::contains));
  }

  /** A block of rows of a matrix, a panel of a vector. */
  private int granule(Value v) {
    return v.type().rank() < 2 ? kernels.panel() : kernels.block() * (v.size() / v.type().dim(0));
  }

  private void single(Value v) {
    List<View> reads = program.reads(v);
    Set<float[]> arrays = new HashSet<>();
    reads.forEach(r -> arrays.add(memory.shared(r.base())));
    if (v.op() instanceof Linear.Sum && v.size() == 1 && reads.getFirst().isIdentity()) {
      int size = v.arg(0).size();
      if (size > SMALL || continues(size, arrays)) {
        total(v, reads.getFirst().base());
        return;
      }
    }
    add(new Whole(arrays, Set.of(memory.shared(v)), SharedSteps.of(program, v, memory)));
  }

  /** A sum over everything: of pieces first, in double, and then of those in their order. */
  private void total(Value v, Value of) {
    float[] a = memory.shared(of);
    float[] result = memory.shared(v);
    int granule = granule(of);
    double[] parts = new double[(of.size() + granule - 1) / granule];
    tasks.add(
        new Ranged(
            Set.of(a),
            Set.of(result),
            Set.of(a),
            of.size(),
            granule,
            (from, to, piece, _) -> parts[piece] = kernels.sum(a, from, to)));
    add(
        new Whole(
            Set.of(result),
            Set.of(result),
            () -> {
              double sum = 0;
              for (double part : parts) {
                sum += part;
              }
              result[0] = (float) sum;
            }));
  }

  void run() {
    chains.run();
  }
}
