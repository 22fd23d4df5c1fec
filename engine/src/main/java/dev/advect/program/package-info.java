/**
 * From a graph to a program: alternating sample stages and shared stages, fused steps, buffers.
 *
 * <p>A backend executes a program; nothing here knows how. Imports {@code graph} and {@code type}.
 */
package dev.advect.program;
