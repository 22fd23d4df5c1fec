package dev.advect.autodiff;

import dev.advect.graph.Repeat;
import dev.advect.graph.Topology;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The gradient of a scalar through a loop, as another loop that runs the passes backwards.
 *
 * <p>The first loop also writes down what each pass begins with, on tapes of one entry a pass; the
 * second reads the entries from the last to the first, computes the pass anew and pulls the
 * cotangents back through it. So memory grows with the carried state times the passes, and not with
 * what happens inside a pass (Chen et al. 2016, arXiv 1604.06174). Gradients of shared values are
 * totals of the second loop. The result is the exact gradient of the discrete loop.
 */
final class LoopGradient {
  private static final String TAPE = "tape.";
  private static final String COTANGENT = "cotangent.";
  private static final String TOTAL = "total.";

  private final Trace g;
  private final Repeat loop;
  private final List<Value> xs;
  private final int passes;

  /** The carried values that depend on xs: the only ones whose cotangents matter. */
  private final List<Value> useful = new ArrayList<>();

  /** What stands for a carried value when its pass is computed anew. */
  private final Map<Value, Value> read = new HashMap<>();

  private final SequencedMap<Value, Value> tapes = new LinkedHashMap<>();
  private final Value back;

  private LoopGradient(Repeat loop, List<Value> xs) {
    this.g = loop.carried().getFirst().trace();
    this.loop = loop;
    this.xs = xs;
    this.passes = loop.times();
    this.back = g.carry(TAPE + "back");
    findUseful();
    for (Value c : loop.carried()) {
      var dims = new ArrayList<>(List.of(passes));
      dims.addAll(c.dims());
      Value tape = g.carry(TAPE + tapes.size(), dims.stream().mapToInt(i -> i).toArray());
      tapes.put(c, tape);
      read.put(c, at(back, tape).select(tape, g.zeros(tape.type())).sum(0));
    }
  }

  /** A loss with its gradient; see {@link Autodiff#gradient(Value, List, List)}. */
  static Gradient of(Value loss, List<Value> xs, Repeat loop) {
    return new LoopGradient(loop, xs).gradient(loss);
  }

  private void findUseful() {
    var roots = new ArrayList<>(loop.initial());
    roots.addAll(loop.next());
    roots.addAll(loop.carried());
    List<Value> order = Topology.order(roots);
    var sources = new HashSet<>(xs);
    int before;
    do {
      before = useful.size();
      Set<Value> dependents = Topology.dependents(order, sources);
      for (int i = 0; i < loop.carried().size(); i++) {
        Value c = loop.carried().get(i);
        boolean depends =
            dependents.contains(loop.initial().get(i)) || dependents.contains(loop.next().get(i));
        if (depends && sources.add(c)) {
          useful.add(c);
        }
      }
    } while (useful.size() > before);
  }

  /** 1 in the entry of a pass, in the shape of a tape: sample[passes, ...]. */
  private Value at(Value pass, Value tape) {
    Value here = g.iota(0, passes).equal(pass.stretch(List.of(passes)));
    return g.broadcast(here, tape.dims(), IntStream.range(1, tape.type().rank()).boxed().toList());
  }

  private Gradient gradient(Value loss) {
    var ends = new ArrayList<>(useful);
    ends.addAll(xs);
    List<Value> first = Autodiff.gradient(loss, ends);
    var carried = new ArrayList<Value>(List.of(back));
    var initial = new ArrayList<Value>(List.of(g.constant(passes - 1, ValueType.sample())));
    var next = new ArrayList<Value>(List.of(back.minus(1)));
    var cotangents = new ArrayList<Value>();
    for (int i = 0; i < useful.size(); i++) {
      cotangents.add(g.carry(COTANGENT + i, dims(useful.get(i))));
    }
    List<Value> pulled = pulledThroughOnePass(cotangents);
    carried.addAll(cotangents);
    initial.addAll(first.subList(0, useful.size()));
    next.addAll(pulled.subList(0, useful.size()));

    List<Value> inBody = pulled.subList(useful.size(), pulled.size());
    List<Value> collected = collected(inBody, carried, initial, next);

    List<Value> begun = new ArrayList<>();
    useful.forEach(c -> begun.add(loop.initial().get(loop.carried().indexOf(c))));
    List<Value> throughStart = Autodiff.vjp(begun, cotangents, xs);
    var total = new ArrayList<Value>();
    for (int i = 0; i < xs.size(); i++) {
      Value direct = first.get(useful.size() + i);
      total.add(direct.plus(collected.get(i)).plus(throughStart.get(i)));
    }
    var backward = new Repeat(passes, carried, initial, next);
    return new Gradient(total, List.of(taped(next), backward));
  }

  /** The cotangents of useful carried values and of xs, from those after one pass. */
  private List<Value> pulledThroughOnePass(List<Value> cotangents) {
    var ends = new ArrayList<Value>();
    useful.forEach(c -> ends.add(loop.next().get(loop.carried().indexOf(c))));
    var to = new ArrayList<Value>();
    useful.forEach(c -> to.add(read.get(c)));
    to.addAll(xs);
    return Autodiff.vjp(Substitution.of(ends, read), cotangents, to);
  }

  /**
   * What all passes add to the cotangents of xs: per-sample ones are carried; of shared ones the
   * sums over samples that they are made of become totals, since the rest of them is linear.
   */
  private List<Value> collected(
      List<Value> inBody, List<Value> carried, List<Value> initial, List<Value> next) {
    Set<Value> inside = Topology.dependents(Topology.order(inBody), carried);
    var totals = new LinkedHashMap<Value, Value>();
    for (Value v : Topology.order(inBody)) {
      boolean sum = !v.sampled() && v.args().stream().anyMatch(Value::sampled);
      if (sum && inside.contains(v)) {
        Value total = g.total(TOTAL + totals.size(), dims(v));
        totals.put(v, total);
        carried.add(total);
        initial.add(g.zeros(total.type()));
        next.add(total.plus(v));
      }
    }
    var collected = new ArrayList<Value>();
    for (int i = 0; i < inBody.size(); i++) {
      Value once = inBody.get(i);
      if (once.sampled() && !once.is(0)) {
        Value sum = g.carry(COTANGENT + "x" + i, dims(once));
        carried.add(sum);
        initial.add(g.zeros(sum.type()));
        next.add(sum.plus(once));
        collected.add(sum);
      } else {
        collected.add(Substitution.of(List.of(once), totals).getFirst());
      }
    }
    return collected;
  }

  private static int[] dims(Value v) {
    return v.dims().stream().mapToInt(i -> i).toArray();
  }

  /** The loop itself, with the tapes that the backward loop reads. */
  private Repeat taped(List<Value> backward) {
    var carried = new ArrayList<>(loop.carried());
    var initial = new ArrayList<>(loop.initial());
    var next = new ArrayList<>(loop.next());
    Value pass = g.carry(TAPE + "pass");
    carried.add(pass);
    initial.add(g.zeros(pass.type()));
    next.add(pass.plus(1));
    var needed = new HashSet<>(Topology.order(backward));
    tapes.forEach(
        (c, tape) -> {
          if (needed.contains(tape)) {
            carried.add(tape);
            initial.add(g.zeros(tape.type()));
            next.add(at(pass, tape).select(g.broadcast(c, tape.dims(), List.of(0)), tape));
          }
        });
    return new Repeat(passes, carried, initial, next);
  }
}
