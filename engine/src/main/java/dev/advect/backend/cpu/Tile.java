package dev.advect.backend.cpu;

import dev.advect.graph.Value;
import dev.advect.program.BufferPlan;
import java.util.Map;

/**
 * What one worker is working on: which samples, and where its values lie.
 *
 * <p>A worker has one tile object for a stage and moves it over the samples. A value of F features
 * takes F floats a sample of the slab: {@code [panels][F][P]} from {@code offset * capacity * P}.
 */
final class Tile {
  final float[] slab;
  final int[] words;
  final float[] scratch;
  private final BufferPlan plan;
  private final Map<Value, float[]> stored;
  private final int panel;
  private final int capacity;

  /** First sample of the tile within the run, a multiple of P. */
  int from;

  /** Samples that exist. */
  int count;

  /** Panels, the last perhaps partly filled. */
  int panels;

  /** Samples that exist in the last panel. */
  int valid;

  /** Sums over samples of the lane this tile belongs to, by their place in the stage's list. */
  float[][] sums;

  /** Whether it is the first tile of its lane. */
  boolean first;

  Tile(BufferPlan plan, Map<Value, float[]> stored, int panel, int capacity, int scratch) {
    this.plan = plan;
    this.stored = stored;
    this.panel = panel;
    this.capacity = capacity;
    this.slab = new float[Math.max(1, plan.size()) * panel * capacity];
    this.words = new int[4 * panel];
    this.scratch = new float[scratch];
  }

  void move(int from, int count) {
    this.from = from;
    this.count = count;
    panels = (count + panel - 1) / panel;
    valid = count - (panels - 1) * panel;
  }

  /** The array a per-sample value lies in. */
  float[] array(Value v) {
    float[] kept = stored.get(v);
    return kept != null ? kept : slab;
  }

  /** Where the tile's first panel of a value begins. */
  int offset(Value v) {
    return stored.containsKey(v)
        ? from * v.size()
        : plan.offsets().get(v) * capacity * panel;
  }

  /** Floats from one panel of a value to the next. */
  int stride(Value v) {
    return v.size() * panel;
  }
}
