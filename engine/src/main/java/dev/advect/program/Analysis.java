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
  final Set<Value> roots = new LinkedHashSet<>();
  final List<Loop> loops = new ArrayList<>();
  final Set<Value> stored = new LinkedHashSet<>();

  /**
   * A loop and what depends on it.
   *
   * @param repeat the loop
   * @param body what each pass ends with: the next per-sample contents, and the sums over samples
   *     that are added to totals
   * @param dependents the carried values and all that is made of them, in the body and after
   * @param phase the sample phase it runs in; phases of loops rise in their order
   */
  record Loop(Repeat repeat, List<Value> body, Set<Value> dependents, int phase) {
    /** What is copied to the places of the carried values, before the first pass and after each. */
    List<Value> copied() {
      var copied = new ArrayList<>(repeat.initial());
      copied.addAll(repeat.next());
      copied.removeIf(v -> !v.sampled());
      return copied;
    }
  }

  Analysis(Graph graph) {
    this.graph = graph;
    graph.loops().forEach(r -> roots.addAll(ends(r)));
    roots.addAll(outcomes());
    var needed = new ArrayList<>(roots);
    graph.loops().forEach(r -> needed.addAll(r.carried()));
    order = Topology.order(needed);
    roots.stream().filter(View::isStructure).forEach(materialized::add);
    graph.loops().forEach(this::refuseSwaps);
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
    var dependents =
        graph.loops().stream().map(r -> Topology.dependents(order, r.carried())).toList();
    for (int i = 0; i < graph.loops().size(); i++) {
      loops.add(
          loop(graph.loops().get(i), dependents.get(i), dependents.subList(i, dependents.size())));
    }
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

  /** What results and updates are made of. */
  private List<Value> outcomes() {
    var outcomes = new ArrayList<>(graph.results().values());
    outcomes.addAll(graph.updates().keySet());
    outcomes.addAll(graph.updates().values());
    return outcomes;
  }

  /** What a pass of a loop ends with. */
  private static List<Value> body(Repeat r) {
    var body = new ArrayList<Value>();
    for (int i = 0; i < r.next().size(); i++) {
      if (r.carried().get(i).sampled()) {
        body.add(r.next().get(i));
      }
    }
    body.addAll(r.totals().values());
    return body;
  }

  /** What a loop begins with, and what its passes end with. */
  private static List<Value> ends(Repeat r) {
    var ends = new ArrayList<>(r.initial().stream().filter(Value::sampled).toList());
    ends.addAll(body(r));
    return ends;
  }

  /** What is computed after a loop, for others than itself. */
  List<Value> after(Repeat r) {
    var after = new ArrayList<>(outcomes());
    graph.loops().stream().filter(other -> other != r).forEach(other -> after.addAll(ends(other)));
    return after;
  }

  /** The next pass may not take over another carried value: both live in one place each. */
  private void refuseSwaps(Repeat r) {
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

  /**
   * Finds the first phase in which all that a loop needs is there, after those of earlier loops.
   */
  private Loop loop(Repeat r, Set<Value> dependents, List<Set<Value>> thisAndLater) {
    for (Value v : order) {
      if (thisAndLater.stream().noneMatch(set -> set.contains(v))) {
        phase(v);
      }
    }
    int p = loops.isEmpty() ? 1 : loops.getLast().phase() + 2;
    for (Value v : r.initial()) {
      p = v.sampled() ? Math.max(p, phase.get(v)) : p;
    }
    List<Value> body = body(r);
    for (Value v : Topology.order(body)) {
      if (dependents.contains(v)) {
        for (Value a : v.args()) {
          if (!dependents.contains(a)) {
            p = Math.max(p, a.sampled() ? phase.get(a) : phase.get(a) + 1);
          }
        }
      }
    }
    for (Value total : r.totals().keySet()) {
      phase.put(total, (p | 1) + 1);
    }
    return new Loop(r, body, dependents, p | 1);
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
      for (Loop loop : loops) {
        p = loop.dependents().contains(v) ? Math.max(p, loop.phase()) : p;
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
        || v.op() instanceof Source.SampleIndex
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
    for (Loop loop : loops) {
      for (Value v : loop.copied()) {
        if (phase.get(v) < loop.phase() && !isRemade(v)) {
          stored.add(v);
        }
      }
    }
  }

  /** Who reads a value, of the given stage's work. */
  List<Value> readers(Value v) {
    return readers.getOrDefault(v, List.of());
  }
}
