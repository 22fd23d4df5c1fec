/**
 * What a person with a GPU runs: checks of the CUDA engine on it, and how fast it is.
 *
 * <p>Its figures are of the machine it runs on; on softcuda they say that everything runs, and
 * nothing of speed. Imports the engine, its bindings and the workloads of the command line.
 */
package dev.advect.acceptance;
