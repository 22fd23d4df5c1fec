package dev.advect.backend.cpu;

import dev.advect.backend.BackendOptions;
import dev.advect.backend.Executable;
import dev.advect.backend.Named;
import dev.advect.backend.Slice;
import dev.advect.graph.Graph;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Arithmetic;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A program bound to this machine's memory. */
final class CpuExecutable implements Executable {
  private final Program program;
  private final Kernels kernels;
  private final double operations; // for each sample
  private final Memory memory = new Memory();
  private final Named sharedInputs;
  private final Named sampledInputs;
  private final Named results;
  private final List<Value> ambient = new ArrayList<>();
  private final List<Runnable> stages = new ArrayList<>();
  private final Map<Value, Value> committed = new LinkedHashMap<>(); // computed -> input
  private long foreseen; // samples that the kernels expect already

  CpuExecutable(Program program, Kernels kernels, Pool pool, BackendOptions options) {
    this.program = program;
    this.kernels = kernels;
    operations = Arithmetic.ofSample(program);
    sharedInputs = Named.sharedInputs(program.graph());
    sampledInputs = Named.sampledInputs(program.graph());
    results = Named.results(program.graph());
    for (Value v : program.graph().values()) {
      if (!v.sampled() && program.isComputed(v)) {
        memory.allocate(v);
      }
      switch (v.op()) {
        case Source.Ambient _ -> ambient.add(v);
        case Source.Iota(int axis) -> fillIota(v, axis);
        default -> {}
      }
    }
    program.totals().forEach(memory::alias);
    Map<Value, Value> targets = inPlace();
    targets.forEach(memory::alias);
    program
        .graph()
        .updates()
        .forEach(
            (input, v) -> {
              if (targets.get(v) != input) {
                committed.put(input, v);
              }
            });
    bind(pool, options);
  }

  /** Sample stages first: then it is known what is packed of which value. */
  private void bind(Pool pool, BackendOptions options) {
    var samples = new IdentityHashMap<Stage, SampleStage>();
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Sample s) {
        samples.put(s, new SampleStage(program, s, kernels, memory, pool, options));
      }
    }
    List<SharedTask> sums = List.of();
    for (Stage stage : program.stages()) {
      switch (stage) {
        case Stage.Shared(var steps) -> {
          stages.add(new SharedStage(program, steps, sums, kernels, memory, pool)::run);
          sums = List.of();
        }
        case Stage.Sample s -> {
          addUp(sums, pool);
          stages.add(samples.get(s)::run);
          sums = samples.get(s).sums();
        }
      }
    }
    addUp(sums, pool);
  }

  /** Adds up sums that no shared stage follows. */
  private void addUp(List<SharedTask> sums, Pool pool) {
    if (!sums.isEmpty()) {
      stages.add(new SharedStage(program, List.of(), sums, kernels, memory, pool)::run);
    }
  }

  private void fillIota(Value v, int axis) {
    float[] a = memory.shared(v);
    int stride = v.type().strides()[axis];
    for (int i = 0; i < v.size(); i++) {
      a[i] = i / stride % v.type().dim(axis);
    }
  }

  /**
   * Which updates may be written straight over the input they update: those whose other readers
   * have all run before, or read the same element in the same loop.
   */
  private Map<Value, Value> inPlace() {
    Map<Value, int[]> made = new HashMap<>(); // stage, step
    for (int s = 0; s < program.stages().size(); s++) {
      for (List<Step> steps : sections(program.stages().get(s))) {
        for (int i = 0; i < steps.size(); i++) {
          int[] at = {s, i};
          switch (steps.get(i)) {
            case Step.Fused f -> f.body().forEach(v -> made.put(v, at));
            case Step.Single(Value v, var epilogue) -> {
              made.put(v, at);
              epilogue.ifPresent(e -> e.body().forEach(b -> made.put(b, at)));
            }
          }
        }
      }
    }
    Map<Value, Value> targets = new HashMap<>();
    program
        .graph()
        .updates()
        .forEach(
            (input, v) -> {
              int[] at = made.get(v);
              boolean safe =
                  at != null
                      && !targets.containsKey(v)
                      && isStoredByGroup(v, at)
                      && !program.graph().results().containsValue(input)
                      && !program.graph().updates().containsValue(input)
                      && program.readers(input).stream()
                          .allMatch(r -> runsBefore(made.get(r), at, input, r));
              if (safe) {
                targets.put(v, input);
              }
            });
    return targets;
  }

  private static List<List<Step>> sections(Stage stage) {
    return switch (stage) {
      case Stage.Shared(var steps) -> List.of(steps);
      case Stage.Sample s -> List.of(s.before(), s.body(), s.after());
    };
  }

  private boolean isStoredByGroup(Value v, int[] at) {
    return program.stages().get(at[0]) instanceof Stage.Shared(var steps)
        && steps.get(at[1]) instanceof Step.Fused f
        && f.stores().contains(v);
  }

  private boolean runsBefore(int[] reader, int[] writer, Value input, Value r) {
    if (reader == null || reader[0] > writer[0]) {
      return false;
    }
    if (reader[0] < writer[0] || reader[1] < writer[1]) {
      return true;
    }
    return reader[1] == writer[1]
        && program.reads(r).stream().allMatch(read -> read.base() != input || read.isIdentity());
  }

  @Override
  public Graph graph() {
    return program.graph();
  }

  @Override
  public void set(String input, float[] values) {
    Value v = sharedInputs.get(input, 1, values.length);
    System.arraycopy(values, 0, memory.shared(v), 0, values.length);
    memory.changed(v);
  }

  @Override
  public float[] get(String input) {
    Value v = sharedInputs.get(input);
    float[] out = new float[v.size()];
    System.arraycopy(memory.shared(v), 0, out, 0, out.length);
    return out;
  }

  @Override
  public void bind(String input, float[] rows) {
    sampledInputs.get(input);
    memory.rows.put(input, rows);
  }

  @Override
  public void expect(long samples) {
    foreseen += samples;
    kernels.expect(operations * samples);
  }

  @Override
  public void run(Slice slice, long seed) {
    for (String name : sampledInputs.names()) {
      float[] rows = memory.rows.get(name);
      sampledInputs.get(name, slice.count(), rows == null ? 0 : rows.length);
    }
    long known = Math.min(foreseen, slice.count());
    foreseen -= known;
    kernels.expect(operations * (slice.count() - known));
    memory.slice = slice;
    memory.seed = seed;
    memory.reserve(program.stored(), roundUp(slice.count()));
    for (Value v : ambient) {
      memory.shared(v)[0] =
          switch (((Source.Ambient) v.op()).fact()) {
            case RECIPROCAL_BATCH -> (float) (1.0 / slice.of());
            case STEP -> slice.step();
          };
    }
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).run();
    }
    committed.forEach(
        (input, v) -> {
          System.arraycopy(memory.shared(v), 0, memory.shared(input), 0, input.size());
          memory.changed(input);
        });
  }

  private int roundUp(int samples) {
    int p = kernels.panel();
    return (samples + p - 1) / p * p;
  }

  @Override
  public float[] result(String name) {
    Value v = results.get(name);
    if (!v.sampled()) {
      float[] out = new float[v.size()];
      System.arraycopy(memory.shared(v), 0, out, 0, out.length);
      return out;
    }
    if (memory.slice == null) {
      throw new IllegalStateException("the program has not run yet");
    }
    int p = kernels.panel();
    int size = v.size();
    float[] kept = memory.stored.get(v);
    float[] out = new float[memory.slice.count() * size];
    for (int s = 0; s < memory.slice.count(); s++) {
      int from = s / p * p * size + s % p;
      for (int f = 0; f < size; f++) {
        out[s * size + f] = kept[from + f * p];
      }
    }
    return out;
  }

  @Override
  public String explain() {
    return program.toString();
  }

  @Override
  public void close() {}
}
