package dev.advect.backend.cuda;

import dev.advect.AdvectException;
import dev.advect.backend.DeviceFailure;
import dev.advect.backend.Executable;
import dev.advect.backend.Named;
import dev.advect.backend.Slice;
import dev.advect.cuda.CudaException;
import dev.advect.cuda.CudaGraph;
import dev.advect.cuda.DeviceMemory;
import dev.advect.graph.Graph;
import dev.advect.graph.GraphPrinter;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Fusion;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program on the device: its values in two slabs, and its whole run captured as one graph for
 * each number of samples.
 *
 * <p>A run copies the bound rows and 40 bytes of what is new to the device and launches the graph.
 * Nothing is waited for and nothing comes back before a result is asked for.
 */
final class CudaExecutable implements Executable {
  /** Graphs that are kept, of the numbers of samples that were used last. */
  private static final int MOST_GRAPHS = 8;

  /** A captured run, and where its values lie. */
  private record Captured(Addresses addresses, List<DeviceStep> steps, CudaGraph graph) {
    void close() {
      if (graph != null) {
        graph.close();
      }
    }
  }

  private final CudaBackend backend;
  private final Program program;
  private final boolean checkFinite;
  private final Layout layout;
  private final Map<Step.Fused, FusedKernel> kernels = new LinkedHashMap<>();
  private final Tables tables;
  private final DeviceMemory shared;
  private final DeviceMemory run;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment record = arena.allocate(RunRecord.BYTES, Long.BYTES);
  private final Named sharedInputs;
  private final Named sampledInputs;
  private final Named results;
  private final Map<String, float[]> rows = new LinkedHashMap<>();
  private final Map<Integer, Captured> captured = new LinkedHashMap<>(16, 0.75f, true);
  private DeviceMemory slab;
  private Captured last;
  private Slice slice;
  private boolean open = true;

  CudaExecutable(CudaBackend backend, Program program, boolean checkFinite) {
    this.backend = backend;
    this.program = program;
    this.checkFinite = checkFinite;
    sharedInputs = Named.sharedInputs(program.graph());
    sampledInputs = Named.sampledInputs(program.graph());
    results = Named.results(program.graph());
    layout = new Layout(program);
    tables = new Tables(backend);
    shared = backend.device().allocate(Math.max(1, layout.sharedFloats()) * Float.BYTES);
    try {
      run = backend.device().allocate(RunRecord.ALL_BYTES);
    } catch (RuntimeException e) {
      shared.close();
      throw e;
    }
    try {
      prepare();
      compile();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void prepare() {
    backend.stream().fill(shared, 0, shared.bytes() / Float.BYTES, 0);
    backend.stream().fill(run, 0, run.bytes() / Integer.BYTES, 0);
    for (Value v : program.graph().values()) {
      if (v.op() instanceof Source.Iota(int axis) && layout.isShared(v)) {
        write(v, iota(v, axis));
      }
    }
  }

  /** Makes a kernel for each group of operations, unless every operation is a step of its own. */
  private void compile() {
    if (program.fusion() == Fusion.NONE) {
      return;
    }
    for (Stage stage : program.stages()) {
      for (Step step : stage.steps()) {
        step.group().ifPresent(group -> kernels.put(group, FusedKernel.of(program, group)));
      }
    }
    backend.fused().compile(kernels.values());
  }

  private static float[] iota(Value v, int axis) {
    float[] a = new float[v.size()];
    int stride = v.type().strides()[axis];
    for (int i = 0; i < a.length; i++) {
      a[i] = i / stride % v.type().dim(axis);
    }
    return a;
  }

  private void write(Value v, float[] values) {
    backend.staging().write(shared, layout.shared(v) * Float.BYTES, values);
  }

  @Override
  public Graph graph() {
    return program.graph();
  }

  @Override
  public void set(String input, float[] values) {
    Value v = sharedInputs.get(input, 1, values.length);
    if (!layout.isShared(v)) {
      return;
    }
    try {
      backend.use();
      write(v, values);
    } catch (CudaException e) {
      throw Failure.translated(e);
    }
  }

  @Override
  public float[] get(String input) {
    Value v = sharedInputs.get(input);
    float[] values = new float[v.size()];
    onDevice(() -> read(v, values));
    return values;
  }

  private void read(Value v, float[] values) {
    backend.staging().read(shared, layout.shared(v) * Float.BYTES, MemorySegment.ofArray(values));
  }

  @Override
  public void bind(String input, float[] rows) {
    sampledInputs.get(input);
    this.rows.put(input, rows);
  }

  @Override
  public void run(Slice slice, long seed) {
    run(slice, seed, 1);
  }

  /** Makes no object for a step, so there are no lambdas and no iterators on its way. */
  @Override
  public void run(Slice slice, long seed, int steps) {
    for (int i = 0; i < sampledInputs.names().size(); i++) {
      String name = sampledInputs.names().get(i);
      float[] bound = rows.get(name);
      sampledInputs.get(name, slice.count(), bound == null ? 0 : bound.length);
    }
    try {
      backend.use();
      this.slice = slice;
      last = captured(slice.count());
      uploadRows();
      for (int i = 0; i < steps; i++) {
        RunRecord.write(record, slice, slice.step() + i, seed);
        backend.staging().write(run, 0, record);
        if (checkFinite) {
          runChecked();
        } else {
          last.graph.launch(backend.stream());
        }
      }
    } catch (CudaException e) {
      throw Failure.translated(e);
    }
  }

  private void uploadRows() {
    for (int i = 0; i < sampledInputs.names().size(); i++) {
      String name = sampledInputs.names().get(i);
      long offset = last.addresses.feature(layout.rows(sampledInputs.get(name))) - slab.address();
      backend.staging().write(slab, offset, rows.get(name));
    }
  }

  /** The run for a number of samples: captured now, if it was not before. */
  private Captured captured(int count) {
    if (last != null && last.addresses.count() == count) {
      return last;
    }
    reserve(count);
    Captured known = captured.get(count);
    if (known != null) {
      return known;
    }
    var addresses =
        new Addresses(layout, tables, shared.address(), slab.address(), run.address(), count);
    List<DeviceStep> steps = Lowering.of(program, addresses, kernels);
    steps.forEach(step -> step.work().forEach(backend::prepare));
    CudaGraph graph =
        checkFinite
            ? null
            : backend.stream()
                .capture(() -> steps.forEach(step -> step.work().forEach(w -> w.enqueue(backend))));
    var made = new Captured(addresses, steps, graph);
    captured.put(count, made);
    if (captured.size() > MOST_GRAPHS) {
      forget(captured.keySet().iterator().next());
    }
    return made;
  }

  private void forget(int count) {
    captured.remove(count).close();
  }

  /** Makes room for samples; what was captured for less room is of no use then. */
  private void reserve(int count) {
    long bytes = Math.max(1L, layout.features()) * Addresses.padded(count) * (long) Float.BYTES;
    if (slab != null && slab.bytes() >= bytes) {
      return;
    }
    backend.stream().synchronize();
    List.copyOf(captured.keySet()).forEach(this::forget);
    last = null;
    if (slab != null) {
      slab.close();
      slab = null;
    }
    try {
      slab = backend.device().allocate(bytes);
    } catch (CudaException e) {
      String needed =
          "%s The program '%s' needs %.1f MiB for %d samples."
              .formatted(e.problem(), program.graph().name(), bytes / (double) (1 << 20), count);
      throw new DeviceFailure(needed, "use a smaller batch, or sample fewer at a time", e);
    }
    backend.stream().fill(slab, 0, bytes / Float.BYTES, 0);
  }

  @Override
  public float[] result(String name) {
    Value v = results.get(name);
    if (v.sampled() && last == null) {
      throw new IllegalStateException("the program has not run yet");
    }
    float[] out = new float[v.sampled() ? slice.count() * v.size() : v.size()];
    onDevice(
        () -> {
          if (v.sampled()) {
            Work unload = Lowering.unload(last.addresses, v);
            backend.prepare(unload);
            unload.enqueue(backend);
            long offset = last.addresses.feature(layout.rowsOfResults()) - slab.address();
            backend.staging().read(slab, offset, MemorySegment.ofArray(out));
          } else {
            read(v, out);
          }
          requireNoFault();
        });
    return out;
  }

  /** Kernels note an index that is no row of its table, and go on. */
  private void requireNoFault() {
    int[] fault = new int[4];
    backend.staging().read(run, RunRecord.FAULT, MemorySegment.ofArray(fault));
    if (fault[0] != 0) {
      backend.stream().fill(run, RunRecord.FAULT, fault.length, 0);
      throw new IndexOutOfBoundsException(
          "index %s of sample %d is no row of its table, in the program '%s'"
              .formatted(
                  Float.intBitsToFloat(fault[1]),
                  slice.first() + fault[3],
                  program.graph().name()));
    }
  }

  // ------------------------------------------------------------------ checking

  /** Runs step after step and looks at what each has made. */
  private void runChecked() {
    for (DeviceStep step : last.steps) {
      step.work().forEach(w -> w.enqueue(backend));
      Value v = step.value();
      if (v != null && v.sampled()) {
        requireFinite(v, step.address());
      }
    }
  }

  private void requireFinite(Value v, long address) {
    int count = last.addresses.count();
    backend.stream().fill(run, RunRecord.FIRST_BAD, 2, -1);
    Work check =
        Work.Launch.over(
            (long) count * v.size(),
            "check_finite",
            address,
            last.addresses.ld(),
            v.size(),
            count,
            run.address() + RunRecord.FIRST_BAD);
    check.enqueue(backend);
    long[] bad = new long[1];
    backend.staging().read(run, RunRecord.FIRST_BAD, MemorySegment.ofArray(bad));
    if (bad[0] != -1) {
      int sample = (int) (bad[0] / v.size());
      int feature = (int) (bad[0] % v.size());
      float[] x = new float[1];
      long at = address + ((long) feature * last.addresses.ld() + sample) * Float.BYTES;
      backend.staging().read(slab, at - slab.address(), MemorySegment.ofArray(x));
      throw new AdvectException(
          "%s : %s made at %s is %s for sample %d, feature %d"
              .formatted(
                  GraphPrinter.name(v.op()),
                  v.type(),
                  v.origin(),
                  x[0],
                  slice.first() + sample,
                  feature),
          "look at what this operation reads, or use a smaller learning rate");
    }
  }

  // ------------------------------------------------------------------ the rest

  private void onDevice(Runnable action) {
    Failure.translate(
        () -> {
          backend.use();
          action.run();
          return null;
        });
  }

  @Override
  public String explain() {
    return program.toString();
  }

  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    var actions = new ArrayList<Runnable>();
    actions.add(() -> backend.stream().synchronize());
    captured.values().forEach(made -> actions.add(made::close));
    if (slab != null) {
      actions.add(slab::close);
    }
    actions.addAll(List.of(run::close, shared::close, tables::close, arena::close));
    onDevice(() -> Failure.all(actions));
  }
}
