/**
 * The command {@code advect}: its entry point, its streams, its exit codes and how mistakes are
 * told. Commands live in {@code command}, what they read in {@code config}, what they draw in
 * {@code report}, and what a training leaves on disk in {@code run}. Imports the JDK, picocli,
 * {@code dev.advect.AdvectException} and the packages below.
 */
package dev.advect.cli;
