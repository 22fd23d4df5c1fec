/**
 * Solvers of ordinary differential equations: a Runge-Kutta method is its tableau.
 *
 * <p>A solve in equal steps is written into a graph as a loop; one with controlled errors as an
 * attempt of a step, each sample with its own, that is run until every sample has arrived. Time
 * goes from 0 (noise) to 1 (data) or back. Imports {@code graph} and {@code type} only.
 */
package dev.advect.solve;
