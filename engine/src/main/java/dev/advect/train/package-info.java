/**
 * Training a flow-matching model, and the model that comes out of it: sampling, log-densities,
 * files.
 *
 * <p>The mathematics of the packages below meets a backend here: each task is one graph, compiled
 * once and run for any number of samples. Imports everything of the engine but the backends
 * themselves, which are handed in.
 */
package dev.advect.train;
