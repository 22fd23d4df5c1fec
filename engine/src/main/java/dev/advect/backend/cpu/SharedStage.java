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
 * Runs a shared stage in waves: steps of a wave do not touch each other's results, and every worker
 * takes its share of each of them.
 */
final class SharedStage {
  /** What every worker does its share of. */
  private interface Work {
    void run(int worker);
  }

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
    var levels = new ArrayList<List<Work>>();
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
      List<Work> wave = levels.get(mine);
      wave.add(work(program, step, kernels, memory, wave.size() % pool.size()));
    }
    for (List<Work> wave : levels) {
      List<Work> all = List.copyOf(wave);
      waves.add(
          worker -> {
            for (int i = 0; i < all.size(); i++) {
              all.get(i).run(worker);
            }
          });
    }
  }

  private static boolean meet(Set<Value> a, Set<Value> b) {
    return a.stream().anyMatch(b::contains);
  }

  private Work work(
      Program program,
      Step step,
      Kernels kernels,
      Memory memory,
      int owner) {
    return switch (step) {
      case Step.Fused f -> {
        var fused = new FusedStep(program, f, kernels, memory, null, List.of(), pool.size());
        int p = kernels.panel();
        int blocks = (fused.size() + p - 1) / p;
        yield worker -> {
          int from = (int) ((long) blocks * worker / pool.size()) * p;
          int to = (int) ((long) blocks * (worker + 1) / pool.size()) * p;
          if (from < to) {
            fused.flat(worker, from, to);
          }
        };
      }
      case Step.Single(Value v, _) -> {
        Runnable run = SharedSteps.of(program, v, memory);
        yield worker -> {
          if (worker == owner) {
            run.run();
          }
        };
      }
    };
  }

  void run() {
    for (int i = 0; i < waves.size(); i++) {
      pool.run(waves.get(i));
    }
  }
}
