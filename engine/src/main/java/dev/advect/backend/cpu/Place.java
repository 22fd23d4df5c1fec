package dev.advect.backend.cpu;

import dev.advect.graph.Value;

/**
 * Where a per-sample value lies for the tile a worker is on.
 *
 * @param value what lies there
 * @param start where it begins in the worker's slab; -1 if it is kept for the whole batch
 * @param stride floats from one panel to the next
 */
record Place(Value value, int start, int stride) {}
