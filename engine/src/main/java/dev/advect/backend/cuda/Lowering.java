package dev.advect.backend.cuda;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import dev.advect.program.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns a program into work for the device, for one number of samples: step by step over the whole
 * batch, loops unrolled.
 */
final class Lowering {
  private final Program program;
  private final Addresses at;
  private final Map<Step.Fused, FusedKernel> kernels;
  private final List<DeviceStep> steps = new ArrayList<>();

  // What is being lowered: the stage, null for a shared one; whether its sums go on from a pass
  // before.
  private Stage.Sample stage;
  private boolean accumulate;

  private Lowering(Program program, Addresses addresses, Map<Step.Fused, FusedKernel> kernels) {
    this.program = program;
    this.kernels = kernels;
    at = addresses;
  }

  /**
   * The steps of a whole run, in their order.
   *
   * @param kernels those made for groups of operations; a group that has none is run one by one
   */
  static List<DeviceStep> of(
      Program program, Addresses addresses, Map<Step.Fused, FusedKernel> kernels) {
    return new Lowering(program, addresses, kernels).lower();
  }

  private List<DeviceStep> lower() {
    for (Stage s : program.stages()) {
      switch (s) {
        case Stage.Shared(var shared) -> {
          stage = null;
          lower(shared);
        }
        case Stage.Sample sample -> {
          stage = sample;
          sample(sample);
        }
      }
    }
    stage = null;
    commit(program.graph());
    return List.copyOf(steps);
  }

  private void sample(Stage.Sample s) {
    lower(s.before());
    if (s.loop().isEmpty()) {
      return;
    }
    Repeat loop = s.loop().get();
    if (loop.times() == 0) {
      s.sums().forEach(sum -> add(zeros(sum)));
    }
    copy(loop.initial(), loop.carried());
    for (int pass = 0; pass < loop.times(); pass++) {
      accumulate = pass > 0;
      lower(s.body());
      copy(loop.next(), loop.carried());
    }
    accumulate = false;
    lower(s.after());
  }

  /** Copies what a loop carries; totals are added up where they are. */
  private void copy(List<Value> from, List<Value> carried) {
    for (int i = 0; i < carried.size(); i++) {
      if (carried.get(i).sampled() && from.get(i) != carried.get(i)) {
        add(elementwise("copy", carried.get(i), List.of(new View(from.get(i), null))));
      }
    }
  }

  /** Writes what was computed over the inputs that it updates. */
  private void commit(Graph graph) {
    graph
        .updates()
        .forEach((input, v) -> add(elementwise("copy", input, List.of(new View(v, null)))));
  }

  private void lower(List<Step> list) {
    for (Step step : list) {
      switch (step) {
        case Step.Fused f -> lower(f);
        case Step.Single(Value v, var epilogue) -> {
          lower(v);
          epilogue.ifPresent(this::lower);
        }
      }
    }
  }

  private void lower(Step.Fused group) {
    FusedKernel kernel = kernels.get(group);
    if (kernel == null) {
      group.body().forEach(this::lower);
    } else {
      add(fused(kernel));
    }
  }

  private void add(Work... work) {
    steps.add(new DeviceStep(List.of(work), null, 0));
  }

  private void lower(Value v) {
    long address = at.of(stage, v);
    steps.add(new DeviceStep(work(v), v, address));
  }

  private int samples(Value v) {
    return v.sampled() ? at.count() : 1;
  }

  private int ld(Value v) {
    return v.sampled() ? at.ld() : 1;
  }

  private Operand operand(View read) {
    return at.operand(stage, read);
  }

  private List<Work> work(Value v) {
    List<View> reads = program.reads(v);
    return switch (v.op()) {
      case Elementwise e -> List.of(elementwise(e.name().toLowerCase(Locale.ROOT), v, reads));
      case Linear.Sum(var axes) -> List.of(sum(v, reads.getFirst(), axes));
      case Linear.SumSamples _ -> List.of(sumSamples(v, reads.getFirst()));
      case Linear.Contract _ -> List.of(new Contraction(at, stage, v, reads).work(accumulate));
      case Linear.Concat(int axis) -> assemble(v, reads, axis, 0);
      case Linear.Pad(int axis, int before, _) -> assemble(v, reads, axis, before);
      case Linear.Gather _ -> List.of(gather(v, reads));
      case Linear.ScatterAdd(int rows) -> List.of(scatterAdd(v, reads, rows));
      case Linear.Spread _,
          Linear.Broadcast _,
          Linear.Slice _,
          Linear.Reshape _,
          Linear.Transpose _ ->
          List.of(elementwise("copy", v, reads));
      case Extremum x -> List.of(extremum(v, reads.getFirst(), x));
      case Source.Constant(float c) -> List.of(fill(v, c));
      case Source.Draw draw -> List.of(draw(v, draw));
      case Source.SampleIndex _ ->
          List.of(
              Work.Launch.over(at.count(), "sample_index", at.of(stage, v), at.run(), at.count()));
      case Source.Input _ -> List.of(load(v));
      case Source.Carry _, Source.Iota _, Source.Ambient _ ->
          throw new IllegalStateException("no step computes " + v);
    };
  }

  private Work elementwise(String op, Value v, List<View> reads) {
    var arguments = new ArrayList<Object>(List.of(at.of(stage, v), ld(v)));
    reads.forEach(r -> arguments.add(operand(r)));
    arguments.add(v.size());
    arguments.add(samples(v));
    return Work.Launch.over((long) v.size() * samples(v), "map_" + op, arguments.toArray());
  }

  private Work fused(FusedKernel kernel) {
    var arguments = new ArrayList<Object>();
    kernel.group().stores().forEach(v -> arguments.add(at.of(stage, v)));
    for (int i = 0; i < kernel.inputs().size(); i++) {
      View read = kernel.inputs().get(i);
      arguments.add(at.of(stage, read.base()));
      if (kernel.isPicked(i)) {
        arguments.add(at.tables().address(read.map()));
      }
    }
    int size = kernel.group().size();
    int features = kernel.isSampled() ? size : 1;
    int samples = kernel.isSampled() ? at.count() : size;
    arguments.addAll(List.of(at.ld(), features, samples));
    long fours = (samples + 3L) / 4;
    return Work.Launch.over(features * fours, kernel.name(), arguments.toArray());
  }

  private Work fill(Value v, float number) {
    long elements = (long) v.size() * samples(v);
    return Work.Launch.over(elements, "fill", at.of(stage, v), ld(v), number, v.size(), samples(v));
  }

  private Work zeros(Value sum) {
    return fill(sum, 0);
  }

  private Work sum(Value v, View read, List<Integer> axes) {
    Members members = Members.of(v.arg(0), axes, v.size());
    Tables tables = at.tables();
    long begin = tables.address(members.begin());
    long listed = tables.address(members.features());
    if (v.sampled()) {
      return Work.Launch.over(
          (long) v.size() * at.count(),
          "sum_features",
          at.of(stage, v),
          ld(v),
          operand(read),
          begin,
          listed,
          v.size(),
          at.count());
    }
    return new Work.Launch(
        "sum_shared",
        v.size(),
        List.of(at.of(stage, v), operand(read), begin, listed, v.size(), 1, 0));
  }

  private Work sumSamples(Value v, View read) {
    return new Work.Launch(
        "sum_samples",
        v.size(),
        List.of(at.of(stage, v), operand(read), v.size(), at.count(), 1, accumulate ? 1 : 0));
  }

  private Work extremum(Value v, View read, Extremum op) {
    Members members = Members.of(v.arg(0), op.axes(), v.size());
    int axis = op.axes().getFirst();
    int stride = v.arg(0).type().strides()[axis];
    int length = v.arg(0).type().dim(axis);
    int[] positions = members.features().clone();
    for (int i = 0; i < positions.length; i++) {
      positions[i] = positions[i] / stride % length;
    }
    int kind =
        switch (op.kind()) {
          case MAX -> 0;
          case MIN -> 1;
          case ARGMAX -> 2;
        };
    return Work.Launch.over(
        (long) v.size() * samples(v),
        "extreme_features",
        at.of(stage, v),
        ld(v),
        operand(read),
        at.tables().address(members.begin()),
        at.tables().address(members.features()),
        at.tables().address(positions),
        kind,
        v.size(),
        samples(v));
  }

  private Work gather(Value v, List<View> reads) {
    int count = v.arg(1).size();
    return Work.Launch.over(
        (long) v.size() * at.count(),
        "gather",
        at.of(stage, v),
        ld(v),
        operand(reads.get(0)),
        operand(reads.get(1)),
        v.size() / count,
        count,
        v.arg(0).type().dim(0),
        at.count(),
        at.run() + RunRecord.FAULT);
  }

  private Work scatterAdd(Value v, List<View> reads, int rows) {
    int count = v.arg(1).size();
    int width = v.arg(0).size() / count;
    int columns = Math.min(Work.THREADS, Integer.highestOneBit(Math.max(1, 2 * width - 1)));
    int chunks = (width + columns - 1) / columns;
    return new Work.Launch(
        "scatter_add",
        Math.min(rows * chunks, Work.MOST_BLOCKS),
        List.of(
            at.of(stage, v),
            operand(reads.get(0)),
            operand(reads.get(1)),
            width,
            columns,
            count,
            rows,
            at.count(),
            accumulate ? 1 : 0,
            at.run() + RunRecord.FAULT));
  }

  /** Copies pieces side by side along an axis, each run of features with a launch. */
  private List<Work> assemble(Value v, List<View> parts, int axis, int first) {
    var work = new ArrayList<Work>();
    if (v.op() instanceof Linear.Pad) {
      work.add(fill(v, 0));
    }
    int inner = v.type().strides()[axis];
    int pitch = v.type().dim(axis) * inner;
    int place = first;
    for (int k = 0; k < parts.size(); k++) {
      int width = v.arg(k).type().dim(axis) * inner;
      Operand part = operand(parts.get(k));
      for (int f = 0; f < v.arg(k).size(); f += width) {
        int to = f / width * pitch + place * inner;
        work.add(
            Work.Launch.over(
                (long) width * samples(v),
                "map_copy",
                at.of(stage, v) + (long) to * ld(v) * Float.BYTES,
                ld(v),
                part.from(f),
                width,
                samples(v)));
      }
      place += v.arg(k).type().dim(axis);
    }
    return work;
  }

  private Work draw(Value v, Source.Draw draw) {
    return Work.Launch.over(
        (v.size() + 3L) / 4 * at.count(),
        "draw_" + draw.distribution().name().toLowerCase(Locale.ROOT),
        at.of(stage, v),
        ld(v),
        at.run(),
        draw.purpose(),
        draw.bound(),
        v.size(),
        at.count());
  }

  /** From rows, as the host has them. */
  private Work load(Value v) {
    return turned("rows_to_features", at.of(stage, v), at.feature(at.layout().rows(v)), v.size());
  }

  /** To rows, as the host has them, of a result. */
  static Work unload(Addresses at, Value v) {
    return new Lowering(null, at, Map.of())
        .turned(
            "features_to_rows",
            at.feature(at.layout().rowsOfResults()),
            at.feature(at.layout().stored(v)),
            v.size());
  }

  private Work turned(String kernel, long to, long from, int features) {
    int tiles = (features + 31) / 32 * ((at.count() + 31) / 32);
    return new Work.Launch(
        kernel,
        Math.min(tiles, Work.MOST_BLOCKS),
        List.of(to, from, features, at.count(), at.ld()));
  }
}
