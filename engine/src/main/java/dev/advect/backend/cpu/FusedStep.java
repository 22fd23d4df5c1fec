package dev.advect.backend.cpu;

import dev.advect.backend.cpu.Region.Effect;
import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Operand;
import dev.advect.backend.cpu.Region.Out;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Step;
import dev.advect.program.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A fused group of a program bound to memory: one compiled loop and the places of its operands. */
final class FusedStep implements TileStep {
  /** Where an operand lies: a per-sample value, a shared value, or a sum over samples. */
  private record Where(Value value, Place place, int sum, Operand kind, int[] map) {}

  /** Floats for which lines are owned before they are written: 8 KiB. */
  private static final int AHEAD = 1 << 11;

  private final Step.Fused group;
  private final Memory memory;
  private final int panel;
  private final Places places;
  private final FusedLoop loop;
  private final List<Where> operands = new ArrayList<>();
  private final int[] zeroed; // sums over axes begin with zeros
  private final int[][] maps;
  private final Call[] calls;
  private final List<float[]> disputed; // results that other cores have cached

  /** One worker's operands, made once. */
  private static final class Call {
    final float[][] arrays;
    final int[] offsets;
    final int[] strides;

    Call(int operands) {
      arrays = new float[operands][];
      offsets = new int[operands];
      strides = new int[operands];
    }
  }

  /**
   * Binds a group.
   *
   * @param places where per-sample values lie; null for a group of a shared stage
   * @param sums the sums over samples of the stage
   */
  FusedStep(
      Program program,
      Step.Fused group,
      Kernels kernels,
      Memory memory,
      Places places,
      List<Value> sums,
      int workers) {
    this.group = group;
    this.memory = memory;
    this.panel = kernels.panel();
    this.places = places;
    boolean flat = places == null;
    Map<Value, Integer> result = new HashMap<>();
    Map<View, Integer> operandOf = new HashMap<>();
    var sumsOverAxes = new ArrayList<Integer>();
    var body = new ArrayList<Instruction>();
    var outs = new ArrayList<Out>();
    for (Value v : group.body()) {
      var refs = new ArrayList<Ref>();
      for (View read : program.reads(v)) {
        refs.add(ref(read, result, operandOf, flat));
      }
      if (Program.isReduction(v)) {
        int from = instruction(refs.getFirst(), body);
        if (v.op() instanceof Linear.SumSamples) {
          operands.add(where(v, sums.indexOf(v), Operand.ROW, null));
          outs.add(new Out(Effect.ADD_VALID, from, operands.size() - 1));
        } else {
          sumsOverAxes.add(operands.size());
          operands.add(
              v.size() == 1
                  ? where(v, -1, Operand.ONLY_ROW, null)
                  : where(v, -1, Operand.MAPPED_ROW, projection(v)));
          outs.add(new Out(Effect.ADD, from, operands.size() - 1));
        }
        continue;
      }
      if (refs.isEmpty()) { // a constant that must lie in memory
        refs.add(new Ref.Literal(((Source.Constant) v.op()).value()));
      }
      body.add(new Instruction(v.op() instanceof Elementwise e ? e : null, refs));
      result.put(v, body.size() - 1);
    }
    for (Value v : group.stores()) {
      operands.add(where(v, -1, Operand.ROW, null));
      outs.add(new Out(Effect.STORE, result.get(v), operands.size() - 1));
    }
    zeroed = sumsOverAxes.stream().mapToInt(Integer::intValue).toArray();
    maps = operands.stream().map(Where::map).toArray(int[][]::new);
    loop =
        kernels.compile(new Region(flat, operands.stream().map(Where::kind).toList(), body, outs));
    calls = new Call[workers];
    Arrays.setAll(calls, _ -> new Call(operands.size()));
    disputed =
        flat
            ? group.stores().stream().map(memory::shared).filter(memory::isCachedByAll).toList()
            : List.of();
  }

  private Where where(Value v, int sum, Operand kind, int[] map) {
    return new Where(v, v.sampled() ? places.of(v) : null, sum, kind, map);
  }

  private static int instruction(Ref ref, List<Instruction> body) {
    if (ref instanceof Ref.Result(int k)) {
      return k;
    }
    body.add(new Instruction(null, List.of(ref)));
    return body.size() - 1;
  }

  private Ref ref(
      View read, Map<Value, Integer> result, Map<View, Integer> operandOf, boolean flat) {
    Value base = read.base();
    if (base.op() instanceof Source.Constant(float c)) {
      return new Ref.Literal(c);
    }
    if (result.containsKey(base)) {
      return new Ref.Result(result.get(base));
    }
    Operand kind;
    if (base.sampled()) {
      boolean only = read.isScalar() && (group.size() > 1 || read.isIdentity());
      kind = only ? Operand.ONLY_ROW : read.isIdentity() ? Operand.ROW : Operand.MAPPED_ROW;
    } else if (read.isScalar() && !(flat && group.size() == 1)) {
      kind = Operand.SCALAR;
    } else if (flat) {
      kind = Operand.ROW;
    } else {
      kind = read.isIdentity() ? Operand.ELEMENT : Operand.MAPPED_ELEMENT;
    }
    boolean mapped = kind == Operand.MAPPED_ROW || kind == Operand.MAPPED_ELEMENT;
    return new Ref.Load(
        operandOf.computeIfAbsent(
            read,
            _ -> {
              operands.add(where(base, -1, kind, mapped ? read.map() : null));
              return operands.size() - 1;
            }));
  }

  /** Which feature of a sum each feature of what is summed goes to. */
  private static int[] projection(Value sum) {
    var axes = ((Linear.Sum) sum.op()).axes();
    Value arg = sum.arg(0);
    int[] strides = arg.type().strides();
    int[] map = new int[arg.size()];
    for (int f = 0; f < map.length; f++) {
      int at = 0;
      for (int axis = 0; axis < strides.length; axis++) {
        if (!axes.contains(axis)) {
          at = at * arg.type().dim(axis) + f / strides[axis] % arg.type().dim(axis);
        }
      }
      map[f] = at;
    }
    return map;
  }

  /** Takes a worker's operands to its tile. */
  void locate(Tile tile, int worker) {
    Call call = calls[worker];
    for (int i = 0; i < operands.size(); i++) {
      Where p = operands.get(i);
      if (p.sum >= 0) {
        call.arrays[i] = tile.sum(p.sum);
        call.offsets[i] = 0;
        call.strides[i] = 0;
      } else if (p.place != null) {
        call.arrays[i] = tile.array(p.place);
        call.offsets[i] = tile.offset(p.place);
        call.strides[i] = p.place.stride();
      } else {
        call.arrays[i] = memory.shared(p.value);
        call.offsets[i] = 0;
        call.strides[i] = 0;
      }
    }
  }

  @Override
  public void run(Tile tile, int worker) {
    locate(tile, worker);
    zero(worker, 0, tile.panels);
    part(worker, 0, tile.panels, 0, group.size(), tile.valid);
  }

  /** Runs some features of one panel as soon as they are there, after {@link #locate}. */
  void epilogue(int worker, int q, int f0, int f1, int valid) {
    if (f0 == 0) {
      zero(worker, q, q + 1);
    }
    part(worker, q, q + 1, f0, f1, valid);
  }

  private void part(int worker, int q0, int q1, int f0, int f1, int valid) {
    Call call = calls[worker];
    loop.current().run(call.arrays, call.offsets, call.strides, maps, q0, q1, f0, f1, valid);
  }

  private void zero(int worker, int q0, int q1) {
    Call call = calls[worker];
    for (int i : zeroed) {
      int stride = call.strides[i];
      int at = call.offsets[i];
      Arrays.fill(call.arrays[i], at + q0 * stride, at + q1 * stride, 0f);
    }
  }

  /** Runs some floats of a group of a shared stage. */
  void flat(int worker, int from, int to) {
    Call call = calls[worker];
    for (int i = 0; i < operands.size(); i++) {
      call.arrays[i] = memory.shared(operands.get(i).value);
    }
    if (disputed.isEmpty()) {
      flat(call, from, to);
      return;
    }
    for (int at = from; at < to; at += AHEAD) {
      int end = Math.min(to, at + AHEAD);
      for (int i = 0; i < disputed.size(); i++) {
        Lines.own(disputed.get(i), at, end);
      }
      flat(call, at, end);
    }
  }

  private void flat(Call call, int from, int to) {
    loop.current().run(call.arrays, call.offsets, call.strides, maps, 0, 1, from, to, panel);
  }

  int size() {
    return group.size();
  }

  /** The values this step leaves in memory. */
  List<Value> stores() {
    return group.stores();
  }
}
