package dev.advect.backend.cpu;

import dev.advect.backend.cpu.SharedTask.Ranged;
import dev.advect.backend.cpu.SharedTask.Whole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Work on shared values cut into pieces that all workers share, with as few waits as possible.
 *
 * <p>Tasks over the same range that meet only element by element make a <em>chain</em>: a worker
 * takes one piece of the range through all of them. So a piece of a gradient is added up, moves its
 * weights and is packed for the next step while it is in the cache, without a wait in between. What
 * needs a whole array of another task waits for it, one <em>wave</em> later.
 *
 * <p>Pieces depend on sizes only, never on the number of workers.
 */
final class Chains {
  /** Floats of a piece, if granules allow: 16 KiB, so that a dozen of them fit a second cache. */
  private static final int PIECE = 1 << 12;

  /**
   * Chains over no more floats share a unit of work: between two units a worker loses as much time
   * as such a chain takes, presumably until its stores are seen by all.
   */
  private static final int SMALL = 1 << 9;

  /**
   * Tasks of one wave.
   *
   * @param whole what the caller does first, in order
   * @param units what workers take, one piece of a large chain or several small ones
   */
  private record Wave(List<Runnable> whole, List<List<Piece>> units) {
    void run(int unit, int worker) {
      List<Piece> pieces = units.get(unit);
      for (int i = 0; i < pieces.size(); i++) {
        pieces.get(i).run(worker);
      }
    }
  }

  /** A piece of a chain. */
  private record Piece(List<SharedTask.Piece> tasks, int from, int to, int number) {
    void run(int worker) {
      for (int i = 0; i < tasks.size(); i++) {
        tasks.get(i).run(from, to, number, worker);
      }
    }
  }

  private final Pool pool;
  private final List<Wave> waves = new ArrayList<>();
  private final List<Pool.Job> jobs = new ArrayList<>();

  Chains(List<SharedTask> tasks, Pool pool) {
    this.pool = pool;
    int[] wave = new int[tasks.size()];
    int[] chain = new int[tasks.size()];
    for (int i = 0; i < wave.length; i++) {
      chain[i] = i;
      for (int j = 0; j < i; j++) {
        if (meet(tasks.get(j), tasks.get(i))) {
          wave[i] = Math.max(wave[i], waits(tasks.get(j), tasks.get(i)) ? wave[j] + 1 : wave[j]);
        }
      }
      for (int j = 0; j < i; j++) {
        if (wave[i] == wave[j]
            && meet(tasks.get(j), tasks.get(i))
            && tasks.get(i) instanceof Ranged) {
          join(chain, i, j, tasks);
        }
      }
    }
    int last = -1;
    for (int w : wave) {
      last = Math.max(last, w);
    }
    for (int w = 0; w <= last; w++) {
      waves.add(wave(tasks, wave, chain, w, pool.size()));
    }
    for (Wave w : waves) {
      jobs.add((unit, _, worker) -> w.run(unit, worker));
    }
  }

  private static void join(int[] chain, int i, int j, List<SharedTask> tasks) {
    if (tasks.get(j) instanceof Ranged) {
      int from = chain[i];
      int to = chain[j];
      for (int k = 0; k <= i; k++) {
        chain[k] = chain[k] == from ? to : chain[k];
      }
    }
  }

  private static Wave wave(List<SharedTask> tasks, int[] wave, int[] chain, int w, int workers) {
    var whole = new ArrayList<Runnable>();
    var chains = new ArrayList<List<Ranged>>();
    for (int i = 0; i < wave.length; i++) {
      if (wave[i] != w) {
        continue;
      }
      switch (tasks.get(i)) {
        case Whole task -> whole.add(task.run());
        case Ranged _ -> {
          var members = new ArrayList<Ranged>();
          boolean first = true;
          for (int k = 0; k < wave.length; k++) {
            if (wave[k] == w && chain[k] == chain[i] && tasks.get(k) instanceof Ranged r) {
              first &= k >= i;
              members.add(r);
            }
          }
          if (first) {
            chains.add(members);
          }
        }
      }
    }
    return new Wave(List.copyOf(whole), units(chains, workers));
  }

  /**
   * Workers take units in turn: the largest first, so that each has as many large ones, and then
   * its share of the small chains.
   */
  private static List<List<Piece>> units(List<List<Ranged>> chains, int workers) {
    chains.sort(Comparator.comparing(members -> -members.getFirst().size()));
    var units = new ArrayList<List<Piece>>();
    var small = new ArrayList<Piece>();
    for (List<Ranged> chain : chains) {
      if (chain.getFirst().size() <= SMALL) {
        small.addAll(pieces(chain));
      } else {
        pieces(chain).forEach(piece -> units.add(List.of(piece)));
      }
    }
    for (int first = 0; first < Math.min(workers, small.size()); first++) {
      var share = new ArrayList<Piece>();
      for (int i = first; i < small.size(); i += workers) {
        share.add(small.get(i));
      }
      units.add(List.copyOf(share));
    }
    return List.copyOf(units);
  }

  private static List<Piece> pieces(List<Ranged> chain) {
    int size = chain.getFirst().size();
    int granule = granule(chain);
    int length = (int) Math.min(size, Math.max(1L, PIECE / granule) * granule);
    List<SharedTask.Piece> tasks = chain.stream().map(Ranged::run).toList();
    var pieces = new ArrayList<Piece>();
    for (int from = 0; from < size; from += length) {
      pieces.add(new Piece(tasks, from, Math.min(size, from + length), pieces.size()));
    }
    return pieces;
  }

  /** What begins a piece of every task: the common granule, or else the whole range. */
  private static int granule(List<Ranged> chain) {
    int largest = 1;
    for (Ranged r : chain) {
      largest = Math.max(largest, r.granule());
    }
    for (Ranged r : chain) {
      if (largest % r.granule() != 0) {
        return r.size();
      }
    }
    return Math.min(largest, chain.getFirst().size());
  }

  private static boolean meet(SharedTask a, SharedTask b) {
    return !meeting(a, b).isEmpty();
  }

  /** The arrays that keep two tasks in order. */
  private static Set<float[]> meeting(SharedTask a, SharedTask b) {
    var arrays = new HashSet<float[]>();
    b.reads().stream().filter(a.writes()::contains).forEach(arrays::add);
    b.writes().stream().filter(a.writes()::contains).forEach(arrays::add);
    b.writes().stream().filter(a.reads()::contains).forEach(arrays::add);
    return arrays;
  }

  /** Whether the second has to wait until the first is done everywhere. */
  private static boolean waits(SharedTask first, SharedTask second) {
    if (first instanceof Whole) {
      return false; // the caller does it before anything else of the wave
    }
    if (!(first instanceof Ranged a && second instanceof Ranged b)) {
      return true;
    }
    return a.size() != b.size()
        || !a.elementwise().containsAll(meeting(a, b))
        || !b.elementwise().containsAll(meeting(a, b));
  }

  void run() {
    for (int i = 0; i < jobs.size(); i++) {
      Wave wave = waves.get(i);
      for (int k = 0; k < wave.whole().size(); k++) {
        wave.whole().get(k).run();
      }
      if (!wave.units().isEmpty()) {
        pool.run(jobs.get(i), wave.units().size());
      }
    }
  }
}
