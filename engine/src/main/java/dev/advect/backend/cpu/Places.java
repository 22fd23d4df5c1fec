package dev.advect.backend.cpu;

import dev.advect.graph.Value;
import dev.advect.program.BufferPlan;
import java.util.Set;

/**
 * Turns a stage's buffer plan into places: a value of F features takes {@code [panels][F][P]} of a
 * slab with room for some panels.
 *
 * @param plan offsets in floats a sample
 * @param stored values kept for the whole batch
 * @param panel P
 * @param panels how many panels a tile has at most
 */
record Places(BufferPlan plan, Set<Value> stored, int panel, int panels) {
  /** Where a per-sample value lies. */
  Place of(Value v) {
    int start = stored.contains(v) ? -1 : plan.offsets().get(v) * panels * panel;
    return new Place(v, start, v.size() * panel);
  }

  /** Floats of a slab. */
  int slab() {
    return Math.max(1, plan.size()) * panels * panel;
  }
}
