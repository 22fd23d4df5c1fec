/**
 * Programs on the cores of this machine: tiles of samples, depth first, on the Vector API or, where
 * it is missing, on plain loops.
 *
 * <p>Samples lie side by side: a panel holds {@code P} samples (two vectors), and a value of {@code
 * F} features is {@code [panels][F][P]}. So structure costs nothing, elementwise work and sums over
 * features never cross lanes, and a sample's numbers do not depend on its neighbours. Imports
 * {@code backend}, {@code program}, {@code random} and {@code graph}; imported by no one.
 */
package dev.advect.backend.cpu;
