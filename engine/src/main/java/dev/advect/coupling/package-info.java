/**
 * Which source point belongs to which data point: the joint law q(x0, x1) of flow matching.
 *
 * <p>Independent pairs are drawn in the graph; couplings that look at a whole batch are planned on
 * the host and bound to the graph as inputs. Either way the draws come from the counters of the
 * engine, so the pairs of a step are a function of seed and step. Imports {@code graph}, {@code
 * random}, {@code transport} and {@code json}.
 */
package dev.advect.coupling;
