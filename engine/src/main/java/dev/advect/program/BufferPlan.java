package dev.advect.program;

import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where the per-sample values of a stage lie: offsets in floats per sample, reused as soon as a
 * value has been read for the last time.
 *
 * @param offsets of every value that lies in the stage's slab
 * @param size floats per sample that the slab needs
 */
public record BufferPlan(Map<Value, Integer> offsets, int size) {
  /** Copies the map. */
  public BufferPlan {
    offsets = Collections.unmodifiableMap(new HashMap<>(offsets));
  }

  static BufferPlan of(
      Analysis analysis,
      List<Step> before,
      Optional<Repeat> loop,
      List<Step> body,
      List<Step> after) {
    var planner = new Planner(analysis);
    var all = new ArrayList<>(before);
    all.addAll(body);
    all.addAll(after);
    planner.plan(all, before.size(), body.size(), loop);
    return new BufferPlan(planner.offsets, planner.size);
  }

  /** Linear scan over the steps with a first-fit list of free intervals. */
  private static final class Planner {
    private final Analysis analysis;
    private final Map<Value, Integer> offsets = new HashMap<>();
    private final TreeMap<Integer, Integer> free = new TreeMap<>(); // offset -> length
    private final Map<Value, Integer> lastRead = new HashMap<>();
    private int size;

    Planner(Analysis analysis) {
      this.analysis = analysis;
    }

    void plan(List<Step> steps, int bodyFrom, int bodyCount, Optional<Repeat> loop) {
      int bodyTo = bodyFrom + bodyCount;
      Map<Value, Integer> made = new HashMap<>();
      for (int i = 0; i < steps.size(); i++) {
        for (Value v : reads(steps.get(i))) {
          boolean outlivesPass = i >= bodyFrom && i < bodyTo && made.getOrDefault(v, -1) < bodyFrom;
          lastRead.merge(v, outlivesPass ? bodyTo - 1 : i, Math::max);
        }
        for (Value v : writes(steps.get(i))) {
          made.putIfAbsent(v, i);
          lastRead.putIfAbsent(v, i);
        }
      }
      loop.ifPresent(
          r -> {
            sampled(r.initial()).forEach(v -> lastRead.merge(v, bodyFrom - 1, Math::max));
            sampled(r.next()).forEach(v -> lastRead.merge(v, bodyTo - 1, Math::max));
            sampled(r.carried()).forEach(v -> lastRead.merge(v, bodyTo - 1, Math::max));
          });
      for (int i = 0; i < steps.size(); i++) {
        if (i == bodyFrom) {
          loop.ifPresent(r -> sampled(r.carried()).forEach(this::place));
        }
        allocate(steps.get(i), i);
      }
      if (bodyFrom == steps.size()) {
        loop.ifPresent(r -> sampled(r.carried()).forEach(this::place));
      }
    }

    private static Stream<Value> sampled(List<Value> values) {
      return values.stream().filter(Value::sampled);
    }

    private void allocate(Step step, int at) {
      var dying = new LinkedHashSet<Value>();
      var given = new HashSet<Value>(); // places that a result has taken over
      for (Value v : reads(step)) {
        if (lastRead.get(v) == at && offsets.containsKey(v)) {
          dying.add(v);
        }
      }
      Step.Fused group = step.group().orElse(null);
      Set<Value> reusable = group == null ? Set.of() : reusable(group, dying);
      if (step instanceof Step.Single(Value v, _)) {
        if (v.sampled()) {
          place(v);
        }
        // What the operation itself reads is still read while its epilogue writes.
        reusable = new LinkedHashSet<>(reusable);
        for (View read : analysis.reads.get(v)) {
          reusable.remove(read.base());
        }
        if (group != null && lastRead.get(v) == at && offsets.containsKey(v)) {
          reusable.add(v);
          dying.add(v);
        }
      }
      for (Value v : writes(step)) {
        if (offsets.containsKey(v) || analysis.stored.contains(v)) {
          continue;
        }
        Optional<Value> heir =
            Analysis.isReduction(v)
                ? Optional.empty()
                : reusable.stream().filter(d -> d.size() == v.size()).findFirst();
        if (heir.isPresent()) {
          offsets.put(v, offsets.get(heir.get()));
          reusable.remove(heir.get());
          dying.remove(heir.get());
          given.add(heir.get());
        } else {
          place(v);
        }
      }
      dying.forEach(d -> release(offsets.get(d), d.size()));
      for (Value v : writes(step)) {
        boolean unread = lastRead.get(v) == at && offsets.containsKey(v);
        if (unread && !dying.contains(v) && !given.contains(v)) {
          release(offsets.get(v), v.size());
        }
      }
    }

    /** Operands that a group reads only at the very place it writes. */
    private Set<Value> reusable(Step.Fused group, Set<Value> dying) {
      var reusable = new LinkedHashSet<>(dying);
      for (Value v : group.body()) {
        for (View read : analysis.reads.get(v)) {
          if (!read.isIdentity() || read.base().size() != group.size()) {
            reusable.remove(read.base());
          }
        }
      }
      return reusable;
    }

    private void place(Value v) {
      if (offsets.containsKey(v) || analysis.stored.contains(v)) {
        return;
      }
      for (var gap : free.entrySet()) {
        if (gap.getValue() >= v.size()) {
          int at = gap.getKey();
          int rest = gap.getValue() - v.size();
          free.remove(at);
          if (rest > 0) {
            free.put(at + v.size(), rest);
          }
          offsets.put(v, at);
          return;
        }
      }
      offsets.put(v, size);
      size += v.size();
    }

    private void release(int at, int length) {
      var left = free.lowerEntry(at);
      if (left != null && left.getKey() + left.getValue() == at) {
        free.remove(left.getKey());
        at = left.getKey();
        length += left.getValue();
      }
      Integer right = free.remove(at + length);
      free.put(at, right == null ? length : length + right);
    }

    private Set<Value> reads(Step step) {
      var reads = new LinkedHashSet<Value>();
      switch (step) {
        case Step.Fused f -> addReads(f.body(), reads);
        case Step.Single(Value v, var epilogue) -> {
          addReads(List.of(v), reads);
          epilogue.ifPresent(e -> addReads(e.body(), reads));
          reads.remove(v);
        }
      }
      return reads;
    }

    private void addReads(List<Value> body, Set<Value> reads) {
      var inside = new HashSet<>(body);
      for (Value v : body) {
        for (View read : analysis.reads.get(v)) {
          Value base = read.base();
          boolean inMemory = base.sampled() && analysis.computed(base);
          if (inMemory && !inside.contains(base)) {
            reads.add(base);
          }
        }
      }
    }

    private static Set<Value> writes(Step step) {
      var writes = new LinkedHashSet<Value>();
      switch (step) {
        case Step.Fused f -> addWrites(f, writes);
        case Step.Single(Value v, var epilogue) -> {
          if (v.sampled()) {
            writes.add(v);
          }
          epilogue.ifPresent(e -> addWrites(e, writes));
        }
      }
      return writes;
    }

    private static void addWrites(Step.Fused f, Set<Value> writes) {
      writes.addAll(f.stores());
      f.body().stream().filter(v -> v.sampled() && Analysis.isReduction(v)).forEach(writes::add);
    }
  }
}
