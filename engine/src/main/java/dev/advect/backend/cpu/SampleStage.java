package dev.advect.backend.cpu;

import dev.advect.AdvectException;
import dev.advect.backend.BackendOptions;
import dev.advect.graph.GraphPrinter;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs a sample stage: every worker takes tile after tile through all steps, without a barrier.
 *
 * <p>Sums over samples are kept per <em>lane</em>, a fixed share of the batch that one worker at a
 * time works on, and added up in the order of the lanes: the result depends neither on the number
 * of threads nor on the size of the tiles.
 */
final class SampleStage {
  /** A tile's slab should not be much larger than this many floats: 16 MiB. */
  private static final int SLAB = 1 << 22;

  private static final int LARGEST_TILE = 256;

  /** All lanes' sums together should not be much larger than this many floats: 4 MiB. */
  private static final int SUMS = 1 << 20;

  private static final int MOST_LANES = 16;

  /** Lanes have a multiple of so many samples, which fill panels of every width. */
  private static final int LANE_STEP = 32;

  /**
   * Fewer samples than this are not worth sums of their own, which another worker may have to fetch
   * from this one's cache, as long as there are {@value #SOME_LANES} lanes.
   */
  private static final int LEAST_LANE = 64;

  private static final int SOME_LANES = 4;

  private final Stage.Sample stage;
  private final Program program;
  private final Kernels kernels;
  private final Memory memory;
  private final Pool pool;
  private final boolean checkFinite;
  private final List<TileStep> before;
  private final List<TileStep> enter = new ArrayList<>();
  private final List<TileStep> body;
  private final List<TileStep> advance = new ArrayList<>();
  private final List<TileStep> after;
  private final List<PackedWeights> weights = new ArrayList<>();
  private final OuterStep[] outers;
  private final int[] sumFloats;
  private final Places places;
  private final int tilePanels;
  private final Tile[] tiles;
  private final float[][][] lanes; // [sum][lane]

  // The run under way, so that handing it to the pool allocates nothing.
  private int count;
  private int unitSamples;
  private final Pool.Job work = this::work;

  SampleStage(
      Program program,
      Stage.Sample stage,
      Kernels kernels,
      Memory memory,
      Pool pool,
      BackendOptions options) {
    this.program = program;
    this.stage = stage;
    this.kernels = kernels;
    this.memory = memory;
    this.pool = pool;
    this.checkFinite = options.checkFinite();
    int p = kernels.panel();
    int fitting = SLAB / Math.max(1, stage.buffers().size()) / p * p;
    int samples = options.tile().orElse(Math.clamp(fitting, p, LARGEST_TILE));
    tilePanels = Math.max(1, (samples + p - 1) / p);
    places = new Places(stage.buffers(), program.stored(), p, tilePanels);
    sumFloats = new int[stage.sums().size()];
    outers = new OuterStep[stage.sums().size()];
    lanes = new float[stage.sums().size()][0][];
    var scratch = new Scratch(p * p);
    before = bind(stage.before(), scratch);
    body = bind(stage.body(), scratch);
    after = bind(stage.after(), scratch);
    stage.loop().ifPresent(this::bindLoop);
    tiles = new Tile[pool.size()];
    Arrays.setAll(tiles, _ -> new Tile(places, memory, scratch.floats));
  }

  /** How much scratch the steps need at most. */
  private static final class Scratch {
    int floats;

    Scratch(int floats) {
      this.floats = floats;
    }

    void atLeast(int floats) {
      this.floats = Math.max(this.floats, floats);
    }
  }

  private void bindLoop(Repeat loop) {
    for (int i = 0; i < loop.carried().size(); i++) {
      Value carried = loop.carried().get(i);
      if (!carried.sampled()) {
        continue; // a total is the sum that the passes add up in the lanes
      }
      enter.add(TileSteps.copy(places.of(loop.initial().get(i)), places.of(carried)));
      if (loop.next().get(i) != carried) {
        advance.add(TileSteps.copy(places.of(loop.next().get(i)), places.of(carried)));
      }
    }
  }

  private List<TileStep> bind(List<Step> steps, Scratch scratch) {
    var bound = new ArrayList<TileStep>();
    for (Step step : steps) {
      TileStep s =
          switch (step) {
            case Step.Fused f -> fused(f);
            case Step.Single(Value v, var epilogue) -> single(v, epilogue, scratch);
          };
      bound.add(checkFinite ? checked(s, step) : s);
    }
    return List.copyOf(bound);
  }

  private FusedStep fused(Step.Fused f) {
    for (Value v : f.body()) {
      int sum = stage.sums().indexOf(v);
      if (sum >= 0) {
        sumFloats[sum] = v.size() * kernels.panel();
      }
    }
    return new FusedStep(program, f, kernels, memory, places, stage.sums(), pool.size());
  }

  private TileStep single(Value v, Optional<Step.Fused> epilogue, Scratch scratch) {
    return switch (v.op()) {
      case Source.Draw draw -> TileSteps.draw(v, draw, kernels, memory, places);
      case Source.SampleIndex _ -> TileSteps.sampleIndex(v, memory, places);
      case Source.Input(var name) -> TileSteps.load(v, name, memory, places);
      case Linear.Gather _ -> TileSteps.gather(program, v, memory, places);
      case Linear.ScatterAdd _ -> {
        int sum = stage.sums().indexOf(v);
        sumFloats[sum] = v.size();
        yield TileSteps.scatterAdd(program, v, sum, places);
      }
      case Linear.Concat _, Linear.Pad _ -> TileSteps.assemble(program, v, places);
      case Extremum x -> TileSteps.extremum(program, v, x, places);
      case Linear.Contract(_, _, _, boolean sumSamples) -> {
        if (sumSamples) {
          int sum = stage.sums().indexOf(v);
          outers[sum] = new OuterStep(program, v, sum, kernels, places);
          sumFloats[sum] = outers[sum].floats();
          scratch.atLeast(outers[sum].scratch(tilePanels));
          yield outers[sum];
        }
        if (v.arg(1).sampled()) {
          yield new RowProductStep(program, v, kernels, places);
        }
        var product =
            new ProductStep(
                program, v, kernels, memory, places, epilogue.map(this::fused).orElse(null));
        if (product.weights() instanceof PackedWeights packed) {
          weights.add(packed);
        }
        scratch.atLeast(product.scratch());
        yield product;
      }
      default -> throw new IllegalStateException("no step of a sample stage: " + v);
    };
  }

  // ------------------------------------------------------------------ running

  /** Runs the stage for the samples of {@code memory.slice}. */
  void run() {
    count = memory.slice.count();
    pack();
    int p = kernels.panel();
    for (OuterStep outer : outers) {
      if (outer != null) {
        outer.begin(count, stage.loop().isPresent());
      }
    }
    if (stage.sums().isEmpty()) {
      unitSamples = tilePanels * p;
      // Enough units for every worker even if the batch is small.
      int share = (count + pool.size() - 1) / pool.size();
      unitSamples = Math.min(unitSamples, (share + p - 1) / p * p);
    } else {
      unitSamples = (laneSamples() + LANE_STEP - 1) / LANE_STEP * LANE_STEP;
    }
    int units = (count + unitSamples - 1) / unitSamples;
    for (int i = 0; i < lanes.length; i++) {
      int floats = laneFloats(i);
      if (lanes[i].length != units || lanes[i][0].length < floats) {
        lanes[i] = new float[units][];
        Arrays.setAll(lanes[i], _ -> Memory.allocate(floats));
      }
    }
    pool.run(work, units);
  }

  /**
   * How many samples make a lane. Lanes are few where sums are large, since each has sums of its
   * own and tiles are no larger than lanes. Of deferred sums only the second counts.
   */
  private int laneSamples() {
    int kept = 0;
    int all = 0;
    for (int i = 0; i < sumFloats.length; i++) {
      kept += laneFloats(i);
      all += sumFloats[i];
    }
    int tile = Math.min(LARGEST_TILE, share(all));
    int least = Math.clamp(count / SOME_LANES, 1, LEAST_LANE);
    return Math.max(Math.max(share(kept), tile), least);
  }

  /** Samples of a lane when there are as many lanes as may be for sums of so many floats. */
  private int share(int floats) {
    int lanes = Math.clamp(SUMS / Math.max(1, floats), 2, MOST_LANES);
    return (count + lanes - 1) / lanes;
  }

  /** Floats that a lane holds of a sum. */
  private int laneFloats(int sum) {
    OuterStep outer = outers[sum];
    return outer != null && outer.isDeferred() ? 0 : sumFloats[sum];
  }

  private void pack() {
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i).isOutdated()) {
        PackedWeights w = weights.get(i);
        int shares = 2 * pool.size();
        pool.run(
            (share, _, _) -> w.pack(w.blocks() * share / shares, w.blocks() * (share + 1) / shares),
            shares);
        w.packed();
      }
    }
  }

  private void work(int unit, int units, int worker) {
    Tile tile = tiles[worker];
    int from = unit * unitSamples;
    int to = Math.min(count, from + unitSamples);
    if (!stage.sums().isEmpty()) {
      tile.sums = lanes;
      tile.lane = unit;
      for (int i = 0; i < sumFloats.length; i++) {
        if (outers[i] == null || stage.loop().filter(r -> r.times() == 0).isPresent()) {
          Arrays.fill(tile.sum(i), 0f);
        }
      }
    }
    int step = tilePanels * kernels.panel();
    for (int at = from; at < to; at += step) {
      tile.move(at, Math.min(step, to - at));
      tile.first = at == from;
      tile(tile, worker);
    }
  }

  private void tile(Tile tile, int worker) {
    run(before, tile, worker);
    if (stage.loop().isPresent()) {
      run(enter, tile, worker);
      int times = stage.loop().get().times();
      boolean first = tile.first;
      for (int pass = 0; pass < times; pass++) {
        tile.first = first && pass == 0;
        run(body, tile, worker);
        run(advance, tile, worker);
      }
      tile.first = first;
      run(after, tile, worker);
    }
  }

  private static void run(List<TileStep> steps, Tile tile, int worker) {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).run(tile, worker);
    }
  }

  /** What adds up the lanes of each sum, in their order. */
  List<SharedTask> sums() {
    var tasks = new ArrayList<SharedTask>();
    for (int i = 0; i < sumFloats.length; i++) {
      Value v = stage.sums().get(i);
      int sum = i;
      float[] result = memory.shared(v);
      int granule = outers[i] == null ? kernels.panel() : outers[i].granule();
      SharedTask.Piece piece =
          outers[i] != null
              ? (from, to, _, worker) ->
                  outers[sum].combine(lanes[sum], result, tiles[worker].scratch, from, to)
              : v.op() instanceof Linear.SumSamples
                  ? (from, to, _, worker) ->
                      sumSamples(lanes[sum], result, tiles[worker].scratch, from, to)
                  : (from, to, _, _) -> add(lanes[sum], result, from, to);
      tasks.add(
          new SharedTask.Ranged(
              Set.of(), Set.of(result), Set.of(result), v.size(), granule, piece));
    }
    return tasks;
  }

  private void sumSamples(float[][] lanes, float[] result, float[] scratch, int from, int to) {
    int p = kernels.panel();
    for (int first = from; first < to; first += p) {
      int features = Math.min(p, to - first);
      Lines.own(lanes, first * p, (first + features) * p);
      kernels.addUp(lanes, first * p, scratch, 0, p, features);
      for (int i = 0; i < features; i++) {
        result[first + i] = total(scratch, i * p, p);
      }
    }
  }

  private static void add(float[][] lanes, float[] result, int from, int to) {
    for (int f = from; f < to; f++) {
      float total = 0;
      for (float[] lane : lanes) {
        total += lane[f];
      }
      result[f] = total;
    }
  }

  /** The sum of P floats as four chains, which do not wait for each other. */
  private static float total(float[] a, int at, int p) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = at; i < at + p; i += 4) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
    }
    return s0 + s1 + (s2 + s3);
  }

  // ------------------------------------------------------------------ checking

  private TileStep checked(TileStep step, Step what) {
    List<Value> written = new ArrayList<>();
    switch (what) {
      case Step.Fused f -> written.addAll(results(f));
      case Step.Single(Value v, var epilogue) -> {
        if (v.sampled() && epilogue.isEmpty()) {
          written.add(v);
        }
        epilogue.ifPresent(e -> written.addAll(results(e)));
      }
    }
    return (tile, worker) -> {
      step.run(tile, worker);
      written.forEach(v -> check(tile, v));
    };
  }

  private static List<Value> results(Step.Fused f) {
    var results = new ArrayList<>(f.stores());
    f.body().stream().filter(v -> v.sampled() && Program.isReduction(v)).forEach(results::add);
    return results;
  }

  private void check(Tile tile, Value v) {
    int p = kernels.panel();
    Place place = places.of(v);
    float[] a = tile.array(place);
    for (int s = 0; s < tile.count; s++) {
      for (int f = 0; f < v.size(); f++) {
        float x = a[tile.offset(place) + s / p * place.stride() + f * p + s % p];
        if (!Float.isFinite(x)) {
          throw new AdvectException(
              "%s : %s made at %s is %s for sample %d, feature %d"
                  .formatted(
                      GraphPrinter.name(v.op()),
                      v.type(),
                      v.origin(),
                      x,
                      memory.slice.first() + tile.from + s,
                      f),
              "look at what this operation reads, or use a smaller learning rate");
        }
      }
    }
  }
}
