/**
 * Speeds: workloads that stand for the work of every day, and who measures them.
 *
 * <p>A workload uses the engine as any program would, through its public classes. Imports the
 * engine and {@code cli}.
 */
package dev.advect.cli.bench;
