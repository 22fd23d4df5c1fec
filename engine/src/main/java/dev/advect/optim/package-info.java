/**
 * What moves the parameters: optimizers, clipping, learning-rate schedules, moving averages.
 *
 * <p>Updates are equations in the graph of a training step; only the learning rate comes from
 * outside, as an input. Imports {@code graph} and {@code type}.
 */
package dev.advect.optim;
