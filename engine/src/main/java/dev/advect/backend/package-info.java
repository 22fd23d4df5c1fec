/**
 * What runs a graph: devices, compiled programs, and whether a device is there.
 *
 * <p>Implementations are found by {@code ServiceLoader} and imported by no one. Imports {@code
 * graph} and {@code program}.
 */
package dev.advect.backend;
