/**
 * Solvers of ordinary differential equations: a Runge-Kutta method is its tableau.
 *
 * <p>A solve is written into a graph as a loop over fixed steps that runs sample by sample; time
 * goes from 0 (noise) to 1 (data) or back. Imports {@code graph} only.
 */
package dev.advect.solve;
