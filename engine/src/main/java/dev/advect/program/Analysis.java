package dev.advect.program;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Topology;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph's values are to a program: which lie in memory, in which phase they are computed,
 * who reads them.
 *
 * <p>Even phases are shared stages, odd ones sample stages. A sum over samples ends a sample phase;
 * a per-sample value that reads the sum begins the next.
 */
final class Analysis {
  final Graph graph;
  final List<Value> order;
  final Set<Value> materialized = new HashSet<>();
  final Map<Value, Integer> phase = new HashMap<>();
  final Map<Value, List<View>> reads = new HashMap<>();
  final Map<Value, List<Value>> readers = new HashMap<>();
  final Set<Value> roots;
  final Set<Value> inLoop;
  final Set<Value> stored = new LinkedHashSet<>();
  final int loopPhase;

  Analysis(Graph graph) {
    this.graph = graph;
    order = graph.values();
    roots = new LinkedHashSet<>(graph.roots());
    inLoop = graph.repeat().map(r -> Topology.dependents(order, r.carried())).orElse(Set.of());
    roots.stream().filter(View::isStructure).forEach(materialized::add);
    graph.repeat().ifPresent(this::materializeSwaps);
    order.forEach(this::materialize);
    for (Value v : order) {
      if (computed(v)) {
        boolean copies = View.isStructure(v) && !v.args().isEmpty();
        List<View> views =
            copies
                ? List.of(View.through(v, materialized))
                : v.args().stream().map(this::view).toList();
        reads.put(v, views);
        for (View view : new LinkedHashSet<>(views)) {
          readers.computeIfAbsent(view.base(), _ -> new ArrayList<>()).add(v);
        }
      }
    }
    loopPhase = graph.repeat().map(this::loopPhase).orElse(0);
    order.forEach(this::phase);
    order.reversed().forEach(this::postpone);
    cross();
  }

  /** Whether a value is computed into memory or registers, and not merely seen through. */
  boolean computed(Value v) {
    return !View.isStructure(v) || materialized.contains(v);
  }

  /** A value as its readers see it: a materialized structure is its own base. */
  private View view(Value v) {
    return View.of(v, materialized);
  }

  /** Whether a value is a sum over samples. */
  static boolean isBridge(Value v) {
    return !v.sampled() && v.args().stream().anyMatch(Value::sampled);
  }

  /** What can be part of a fused group: elementwise work, copies, and sums of it. */
  boolean isFusable(Value v) {
    if (v.op() instanceof Elementwise || materialized.contains(v)) {
      return v.sampled() || v.op() instanceof Elementwise;
    }
    return v.op() instanceof Linear.SumSamples || (v.op() instanceof Linear.Sum && v.sampled());
  }

  /** Whether a value adds up what it reads, so that no other member of its group can read it. */
  static boolean isReduction(Value v) {
    return v.op() instanceof Linear.SumSamples || v.op() instanceof Linear.Sum;
  }

  /** How many features the loop of a fusable value runs over. */
  static int extent(Value v) {
    return isReduction(v) ? v.arg(0).size() : v.size();
  }

  /** What the next pass takes over from another carried value needs a place of its own. */
  private void materializeSwaps(Repeat r) {
    for (int i = 0; i < r.next().size(); i++) {
      Value next = r.next().get(i);
      if (next.op() instanceof Source.Carry && next != r.carried().get(i)) {
        throw new UnsupportedOperationException(
            "a loop that swaps carried values: " + next + " made at " + next.origin());
      }
    }
  }

  /** Finds the structure that some reader needs in memory. */
  private void materialize(Value user) {
    if (View.isStructure(user)) {
      return; // seen through, or a copy, which reads through any structure
    }
    for (int i = 0; i < user.args().size(); i++) {
      Value a = user.arg(i);
      if (View.isStructure(a) && !readable(user, a, view(a))) {
        materialized.add(a);
      }
    }
  }

  private boolean readable(Value user, Value arg, View view) {
    boolean constant = view.base().op() instanceof Source.Constant;
    if (isFusable(user)) {
      boolean inSampleStage = user.sampled() || isBridge(user);
      return inSampleStage || constant || view.isIdentity() || view.isScalar();
    }
    if (constant) {
      return false;
    }
    if (arg.sampled()) {
      return view.base().sampled();
    }
    return view.isIdentity()
        || (user.op() instanceof Linear.Contract && user.sampled() && !arg.sampled());
  }

  private int loopPhase(Repeat r) {
    int p = 1;
    for (Value v : order) {
      if (inLoop.contains(v)) {
        continue;
      }
      phase(v);
    }
    for (Value v : r.initial()) {
      p = Math.max(p, phase.get(v));
    }
    var inner = new HashSet<>(Topology.order(r.next()));
    for (Value v : order) {
      if (inLoop.contains(v) && inner.contains(v)) {
        for (Value a : v.args()) {
          if (!inLoop.contains(a)) {
            p = Math.max(p, a.sampled() ? phase.get(a) : phase.get(a) + 1);
          }
        }
      }
    }
    return p | 1;
  }

  private void phase(Value v) {
    if (phase.containsKey(v)) {
      return;
    }
    int p = 0;
    for (Value a : v.args()) {
      int pa = phase.get(a);
      if (v.sampled()) {
        p = Math.max(p, a.sampled() ? pa : pa + 1);
      } else {
        p = Math.max(p, a.sampled() ? pa + 1 : isBridge(v) ? pa + 2 : pa);
      }
    }
    if (v.sampled()) {
      p = Math.max(p, 1) | 1;
      if (inLoop.contains(v)) {
        p = Math.max(p, loopPhase);
      }
    } else {
      p = p + 1 & ~1;
    }
    phase.put(v, p);
  }

  /** Shared work waits for its first reader, next to which it may need no memory at all. */
  private void postpone(Value v) {
    if (v.sampled() || isBridge(v) || roots.contains(v) || v.op() instanceof Source) {
      return;
    }
    int p = Integer.MAX_VALUE;
    for (Value reader : readers(v)) {
      boolean works = reader.sampled() || isBridge(reader);
      p = Math.min(p, works ? workPhase(reader) - 1 : phase.get(reader));
    }
    if (p != Integer.MAX_VALUE) {
      phase.put(v, Math.max(p, phase.get(v)));
    }
  }

  /** The phase whose stage does the work: a bridge is summed up in the sample phase before it. */
  int workPhase(Value v) {
    return isBridge(v) ? phase.get(v) - 1 : phase.get(v);
  }

  /** Draws and inputs are made again where they are needed rather than kept. */
  static boolean isRemade(Value v) {
    return v.op() instanceof Source.Draw
        || v.op() instanceof Source.Input
        || v.op() instanceof Source.Constant;
  }

  private void cross() {
    graph.results().values().stream().filter(Value::sampled).forEach(stored::add);
    for (Value v : order) {
      if (!computed(v)) {
        continue;
      }
      for (View read : reads.get(v)) {
        Value base = read.base();
        if (base.sampled() && phase.get(base) < workPhase(v) && !isRemade(base)) {
          stored.add(base);
        }
      }
    }
  }

  /** Who reads a value, of the given stage's work. */
  List<Value> readers(Value v) {
    return readers.getOrDefault(v, List.of());
  }
}
