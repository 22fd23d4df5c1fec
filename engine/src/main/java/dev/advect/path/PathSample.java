package dev.advect.path;

import dev.advect.graph.Value;

/**
 * One draw from a conditional path, per sample.
 *
 * @param t sample[], the time
 * @param x0 sample[dim], the source point
 * @param x1 sample[dim], the data point
 * @param xt sample[dim], the point on the path at time t
 * @param velocity sample[dim], dx_t/dt: the target of flow matching
 */
public record PathSample(Value t, Value x0, Value x1, Value xt, Value velocity) {}
