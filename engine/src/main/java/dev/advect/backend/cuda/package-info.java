/**
 * Programs on NVIDIA GPUs; for now only the finding out whether one could run.
 *
 * <p>The only package of the engine that imports {@code dev.advect.cuda}.
 */
package dev.advect.backend.cuda;
