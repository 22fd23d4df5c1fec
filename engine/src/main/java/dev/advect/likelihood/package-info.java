/**
 * Log-densities of the model by the instantaneous change of variables, d/dt log p_t(x_t) = -div
 * v(x_t, t).
 *
 * <p>The divergence is exact or estimated by Hutchinson's method with probes that stay fixed along
 * a trajectory. Imports {@code graph}, {@code autodiff}, {@code random} and {@code solve}.
 */
package dev.advect.likelihood;
