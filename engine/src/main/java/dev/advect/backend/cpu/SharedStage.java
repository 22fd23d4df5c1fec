package dev.advect.backend.cpu;

import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a shared stage in waves: steps of a wave do not touch each other's results, and workers take
 * shares of each of them.
 */
final class SharedStage {
  private final Pool pool;
  private final List<Pool.Job> waves = new ArrayList<>();

  SharedStage(
      Program program,
      Stage.Shared stage,
      Kernels kernels,
      Memory memory,
      Pool pool,
      Map<Value, Value> targets) {
    this.pool = pool;
    var levels = new ArrayList<List<Pool.Job>>();
    var reads = new ArrayList<Set<Value>>();
    var writes = new ArrayList<Set<Value>>();
    var level = new ArrayList<Integer>();
    for (Step step : stage.steps()) {
      Set<Value> r = new HashSet<>();
      Set<Value> w = new HashSet<>();
      switch (step) {
        case Step.Fused f -> {
          f.body().forEach(v -> program.reads(v).forEach(read -> r.add(read.base())));
          f.body().forEach(r::remove);
          f.stores().forEach(v -> w.add(targets.getOrDefault(v, v)));
        }
        case Step.Single(Value v, _) -> {
          program.reads(v).forEach(read -> r.add(read.base()));
          w.add(v);
        }
      }
      Set<Value> aliases = new HashSet<>();
      r.forEach(v -> aliases.add(targets.getOrDefault(v, v)));
      r.addAll(aliases);
      int mine = 0;
      for (int i = 0; i < reads.size(); i++) {
        if (meet(writes.get(i), r) || meet(reads.get(i), w) || meet(writes.get(i), w)) {
          mine = Math.max(mine, level.get(i) + 1);
        }
      }
      reads.add(r);
      writes.add(w);
      level.add(mine);
      if (levels.size() == mine) {
        levels.add(new ArrayList<>());
      }
      List<Pool.Job> wave = levels.get(mine);
      wave.add(work(program, step, kernels, memory, wave.size()));
    }
    for (List<Pool.Job> wave : levels) {
      List<Pool.Job> all = List.copyOf(wave);
      waves.add(
          (share, shares, worker) -> {
            for (int i = 0; i < all.size(); i++) {
              all.get(i).run(share, shares, worker);
            }
          });
    }
  }

  private static boolean meet(Set<Value> a, Set<Value> b) {
    return a.stream().anyMatch(b::contains);
  }

  private Pool.Job work(Program program, Step step, Kernels kernels, Memory memory, int owner) {
    return switch (step) {
      case Step.Fused f -> {
        var fused = new FusedStep(program, f, kernels, memory, null, List.of(), pool.size());
        int p = kernels.panel();
        int blocks = (fused.size() + p - 1) / p;
        yield (share, shares, worker) -> {
          int from = (int) ((long) blocks * share / shares) * p;
          int to = (int) ((long) blocks * (share + 1) / shares) * p;
          if (from < to) {
            fused.flat(worker, from, to);
          }
        };
      }
      case Step.Single(Value v, _) -> {
        Runnable run = SharedSteps.of(program, v, memory);
        yield (share, shares, _) -> {
          if (share == owner % shares) {
            run.run();
          }
        };
      }
    };
  }

  void run() {
    for (int i = 0; i < waves.size(); i++) {
      pool.run(waves.get(i), 2 * pool.size());
    }
  }
}
