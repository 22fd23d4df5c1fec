/**
 * Which source point belongs to which data point: the joint law q(x0, x1) of flow matching.
 *
 * <p>A coupling draws per sample, from the counters of the engine, so the pairs of a step are a
 * function of seed and step. Imports {@code graph}, {@code random} and {@code json}.
 */
package dev.advect.coupling;
