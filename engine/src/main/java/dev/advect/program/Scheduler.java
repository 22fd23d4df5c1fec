package dev.advect.program;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Orders the work of one section into steps, by three rules.
 *
 * <p>Elementwise work runs as early as possible, in groups. But a value that nobody in its group
 * reads and that is made only of values kept anyway waits for its reader. A group that reads the
 * product just made becomes the product's epilogue.
 */
final class Scheduler {
  /**
   * Longer loops would not be compiled as a whole by a just-in-time compiler (HotSpot's limit is
   * 8,000 bytes of code); in simple operations, of which an elementary function is {@link
   * #FUNCTION}.
   */
  private static final int LONGEST_GROUP = 48;

  private static final int FUNCTION = 10;

  private final Analysis analysis;
  private final Fusion fusion;
  private final Set<Value> pending;
  private final List<Step> steps = new ArrayList<>();

  private Scheduler(Analysis analysis, Collection<Value> work, Fusion fusion) {
    this.analysis = analysis;
    this.fusion = fusion;
    this.pending = new LinkedHashSet<>(work);
  }

  static List<Step> schedule(Analysis analysis, Collection<Value> work, Fusion fusion) {
    var scheduler = new Scheduler(analysis, work, fusion);
    scheduler.run();
    return List.copyOf(scheduler.steps);
  }

  private boolean fuses() {
    return fusion != Fusion.NONE;
  }

  /** Whether a value can be part of a group. */
  private boolean joins(Value v) {
    return analysis.isFusable(v) && (fusion == Fusion.LOOPS || !Analysis.isReduction(v));
  }

  private void run() {
    boolean patient = true;
    while (!pending.isEmpty()) {
      List<Set<Value>> groups = groups(patient);
      if (!groups.isEmpty()) {
        emit(groups);
        patient = true;
        continue;
      }
      Optional<Value> next = nextSingle();
      if (next.isPresent()) {
        pending.remove(next.get());
        steps.add(new Step.Single(next.get(), Optional.empty()));
      } else if (patient) {
        patient = false;
      } else {
        throw new IllegalStateException("nothing is ready: " + pending);
      }
    }
  }

  /** Sums over samples first: they free memory, and what they read is still in the cache. */
  private Optional<Value> nextSingle() {
    Value found = null;
    for (Value v : pending) {
      if (!joins(v) && isReady(v, Set.of())) {
        if (Analysis.isBridge(v)) {
          return Optional.of(v);
        }
        found = found == null ? v : found;
      }
    }
    return Optional.ofNullable(found);
  }

  private boolean isReady(Value v, Set<Value> group) {
    for (View read : analysis.reads.get(v)) {
      Value base = read.base();
      boolean fromGroup = group.contains(base) && !Analysis.isReduction(base) && read.isIdentity();
      if (pending.contains(base) && !fromGroup) {
        return false;
      }
    }
    return true;
  }

  private List<Set<Value>> groups(boolean patient) {
    Map<Integer, Set<Value>> byExtent = new TreeMap<>();
    for (Value v : pending) {
      if (joins(v)) {
        Set<Value> group = byExtent.computeIfAbsent(Analysis.extent(v), _ -> new LinkedHashSet<>());
        if (isReady(v, group)) {
          group.add(v);
        }
      }
    }
    var groups = new ArrayList<Set<Value>>();
    for (Set<Value> group : byExtent.values()) {
      if (patient && fuses()) {
        postpone(group);
      }
      components(group).forEach(part -> groups.add(beginning(part)));
      boolean shared = group.stream().noneMatch(Value::sampled);
      if (shared && fuses() && !groups.isEmpty()) {
        break; // with these, often an optimizer's scalars, larger groups may need no second pass
      }
    }
    return groups;
  }

  /** As much of a group as makes one loop; its members are in order, so each has what it reads. */
  private Set<Value> beginning(Set<Value> group) {
    var beginning = new LinkedHashSet<Value>();
    int length = 0;
    for (Value v : group) {
      length += length(v);
      if (!beginning.isEmpty() && (!fuses() || length > LONGEST_GROUP)) {
        break;
      }
      beginning.add(v);
    }
    return beginning;
  }

  private static int length(Value v) {
    return v.op() instanceof Elementwise e
        ? switch (e) {
          case EXP, LOG, LOG1P, EXPM1, SIN, COS, TANH, SIGMOID, ERF -> FUNCTION;
          case POW -> 2 * FUNCTION;
          default -> 1;
        }
        : 1;
  }

  /** Leaves out what is cheaper to compute where it is read. */
  private void postpone(Set<Value> group) {
    for (Value v : new ArrayList<>(group).reversed()) {
      List<Value> readers = analysis.readers(v);
      boolean waits =
          !Analysis.isReduction(v)
              && !mustLieInMemory(v)
              && !readers.isEmpty()
              && readers.stream().noneMatch(r -> group.contains(r) || !joins(r))
              && analysis.reads.get(v).stream().allMatch(read -> isKeptAnyway(v, read, group));
      if (waits) {
        group.remove(v);
      }
    }
  }

  private boolean isKeptAnyway(Value reader, View read, Set<Value> group) {
    Value base = read.base();
    if (!group.contains(base)) {
      return true;
    }
    return analysis.roots.contains(base)
        || analysis.readers(base).stream()
            .anyMatch(
                r ->
                    r != reader
                        && !group.contains(r)
                        && (!joins(r) || pending.contains(r) && !postponable(r, group)));
  }

  private boolean postponable(Value r, Set<Value> group) {
    return analysis.reads.get(r).stream()
        .allMatch(
            read -> group.contains(read.base()) || read.base().op() instanceof Source.Constant);
  }

  private boolean mustLieInMemory(Value v) {
    return analysis.roots.contains(v)
        || analysis.materialized.contains(v)
        || analysis.stored.contains(v);
  }

  /** Splits a group into parts that share no operand. */
  private List<Set<Value>> components(Set<Value> group) {
    Map<Value, Value> leader = new HashMap<>();
    for (Value v : group) {
      for (View read : analysis.reads.get(v)) {
        Value base = read.base();
        boolean shares = group.contains(base) || (base.size() > 1 && base.sampled());
        if (shares && !(base.op() instanceof Source.Constant)) {
          leader.put(find(leader, v), find(leader, base));
        }
      }
    }
    Map<Value, Set<Value>> parts = new LinkedHashMap<>();
    for (Value v : group) {
      parts.computeIfAbsent(find(leader, v), _ -> new LinkedHashSet<>()).add(v);
    }
    return List.copyOf(parts.values());
  }

  private static Value find(Map<Value, Value> leader, Value v) {
    Value root = v;
    while (leader.getOrDefault(root, root) != root) {
      root = leader.get(root);
    }
    return root;
  }

  private void emit(List<Set<Value>> groups) {
    Step.Single product = product();
    Set<Value> epilogue =
        product == null
            ? null
            : groups.stream().filter(g -> follows(g, product.value())).findFirst().orElse(null);
    for (Set<Value> g : groups) {
      pending.removeAll(g);
    }
    if (epilogue != null) {
      steps.removeLast();
      steps.add(new Step.Single(product.value(), Optional.of(fused(epilogue))));
    }
    for (Set<Value> g : groups) {
      if (g != epilogue) {
        steps.add(fused(g));
      }
    }
  }

  private Step.Fused fused(Set<Value> group) {
    List<Value> stores =
        group.stream()
            .filter(v -> !Analysis.isReduction(v))
            .filter(
                v ->
                    mustLieInMemory(v)
                        || analysis.readers(v).stream().anyMatch(r -> !group.contains(r)))
            .toList();
    return new Step.Fused(Analysis.extent(group.iterator().next()), List.copyOf(group), stores);
  }

  /** The product with a shared factor that was just scheduled, if it has no epilogue yet. */
  private Step.Single product() {
    boolean product =
        fuses()
            && !steps.isEmpty()
            && steps.getLast() instanceof Step.Single(Value v, var epilogue)
            && epilogue.isEmpty()
            && v.op() instanceof Linear.Contract
            && v.sampled()
            && (!v.arg(0).sampled() || !v.arg(1).sampled());
    return product ? (Step.Single) steps.getLast() : null;
  }

  /** Whether a group can run on each part of a product as soon as the part is there. */
  private boolean follows(Set<Value> group, Value product) {
    boolean reads = false;
    for (Value v : group) {
      if (Analysis.extent(v) != product.size()) {
        return false;
      }
      for (View read : analysis.reads.get(v)) {
        if (read.base() == product) {
          if (!read.isIdentity()) {
            return false;
          }
          reads = true;
        }
      }
    }
    return reads;
  }
}
