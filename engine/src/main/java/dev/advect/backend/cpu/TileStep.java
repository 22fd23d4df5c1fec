package dev.advect.backend.cpu;

/** One step of a sample stage, run on one tile. Used by several workers at once. */
interface TileStep {
  void run(Tile tile, int worker);
}
