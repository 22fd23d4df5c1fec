/**
 * Finds the CUDA libraries of the machine and gives typed access to them. Nothing here knows
 * tensors or graphs, and a machine without CUDA is an ordinary answer, not a failure. It may import
 * the JDK only.
 */
package dev.advect.cuda;
