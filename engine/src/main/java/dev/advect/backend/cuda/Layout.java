package dev.advect.backend.cuda;

import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Stage;
import dev.advect.program.Step;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the values of a program lie on the device.
 *
 * <p>Shared values lie one after the other, row-major. Per-sample values lie feature by feature,
 * {@code ld} floats each, in one slab: what a stage needs only while it runs, which all stages use
 * in turn, then what is kept for the whole batch, then rows as the host has them.
 */
final class Layout {
  /** Shared values begin at multiples of it, so that rows can be read 16 bytes at a time. */
  private static final int ALIGNMENT = 64;

  private final Map<Value, Long> shared = new LinkedHashMap<>(); // floats from the beginning
  private final Map<Value, Integer> stored = new LinkedHashMap<>(); // features from the beginning
  private final Map<Value, Integer> rows = new LinkedHashMap<>();
  private final int rowsOfResults;
  private final long sharedFloats;
  private final int features;

  Layout(Program program) {
    long floats = 0;
    Set<Value> inRegisters = inRegisters(program);
    for (Value v : program.graph().values()) {
      boolean own = !v.sampled() && program.isComputed(v) && !(v.op() instanceof Source.Ambient);
      if (own && !inRegisters.contains(v) && !program.totals().containsKey(v)) {
        shared.put(v, floats);
        floats += (v.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      }
    }
    program.totals().forEach((total, sum) -> shared.put(total, shared.get(sum)));
    sharedFloats = floats;
    int at = 0;
    for (Stage stage : program.stages()) {
      if (stage instanceof Stage.Sample s) {
        at = Math.max(at, s.buffers().size());
      }
    }
    for (Value v : program.stored()) {
      stored.put(v, at);
      at += v.size();
    }
    int result = 0;
    for (Value v : program.graph().values()) {
      if (v.sampled() && v.op() instanceof Source.Input) {
        rows.put(v, at);
        at += v.size();
      }
    }
    for (Value v : program.stored()) {
      result = Math.max(result, v.size());
    }
    rowsOfResults = at;
    features = at + result;
  }

  /** What is computed within a group only, and never lies in memory. */
  private static Set<Value> inRegisters(Program program) {
    var inRegisters = new HashSet<Value>();
    for (Stage stage : program.stages()) {
      for (Step step : stage.steps()) {
        step.group()
            .ifPresent(
                group -> {
                  inRegisters.addAll(group.body());
                  group.stores().forEach(inRegisters::remove);
                });
      }
    }
    return inRegisters;
  }

  /** How many floats all shared values take. */
  long sharedFloats() {
    return sharedFloats;
  }

  /** Whether a shared value has a place of its own. */
  boolean isShared(Value v) {
    return shared.containsKey(v);
  }

  /** Where a shared value begins, in floats. */
  long shared(Value v) {
    return shared.get(v);
  }

  /** How many features a sample has in all of the slab. */
  int features() {
    return features;
  }

  /** The first feature of a per-sample value in a stage. */
  int sampled(Stage.Sample stage, Value v) {
    Integer kept = stored.get(v);
    return kept != null ? kept : stage.buffers().offsets().get(v);
  }

  /** The first feature of a value that is kept. */
  int stored(Value v) {
    return stored.get(v);
  }

  /** Where the rows of a per-sample input are put, as the first of as many features. */
  int rows(Value input) {
    return rows.get(input);
  }

  /** Where the rows of a result are put. */
  int rowsOfResults() {
    return rowsOfResults;
  }
}
