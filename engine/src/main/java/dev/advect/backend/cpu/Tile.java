package dev.advect.backend.cpu;

/**
 * What one worker is working on: which samples, and the memory it works in.
 *
 * <p>A worker has one tile object for a stage and moves it over the samples.
 */
final class Tile {
  final float[] slab;
  final Kernels.Room room;
  final float[] scratch;
  private final Memory memory;
  private final int panel;

  /** First sample of the tile within the run, a multiple of P. */
  int from;

  /** Samples that exist. */
  int count;

  /**
   * Where values begin in the slab: with the 16 bytes before an array's numbers these are 64. Under
   * a JVM that aligns objects to 64 bytes, as the launcher asks it to, no vector then straddles two
   * lines of the cache.
   */
  private static final int LEAD = 12;

  /** Panels, the last perhaps partly filled. */
  int panels;

  /** Samples that exist in the last panel. */
  int valid;

  /** Sums over samples, by their place in the stage's list and by lane. */
  float[][][] sums;

  /** The lane this tile belongs to. */
  int lane;

  /** Whether nothing has been added to the lane's sums yet. */
  boolean first;

  Tile(Places places, Memory memory, int scratch) {
    this.memory = memory;
    this.panel = places.panel();
    this.slab = Memory.allocate(LEAD + places.slab());
    this.room = new Kernels.Room(new int[4 * panel], new float[panel]);
    this.scratch = new float[scratch];
  }

  void move(int from, int count) {
    this.from = from;
    this.count = count;
    panels = (count + panel - 1) / panel;
    valid = count - (panels - 1) * panel;
  }

  /** The lane's part of a sum over samples. */
  float[] sum(int i) {
    return sums[i][lane];
  }

  /** The array a per-sample value lies in. */
  float[] array(Place p) {
    return p.start() >= 0 ? slab : memory.stored.get(p.value());
  }

  /** Where the tile's first panel of a value begins. */
  int offset(Place p) {
    return p.start() >= 0 ? LEAD + p.start() : from / panel * p.stride();
  }
}
