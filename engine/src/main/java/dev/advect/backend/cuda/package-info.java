/**
 * Programs on NVIDIA GPUs: each operation over the whole batch, a whole run captured as one graph.
 *
 * <p>{@link dev.advect.backend.cuda.Lowering} turns a program into launches of the kernels in
 * {@code native/kernels} and products of cuBLAS; {@link dev.advect.backend.cuda.Layout} says where
 * values lie, feature by feature.
 *
 * <p>The only package of the engine that imports {@code dev.advect.cuda}.
 */
package dev.advect.backend.cuda;
