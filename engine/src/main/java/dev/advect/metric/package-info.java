/**
 * How far two point sets are apart: the distances by which generative models are judged.
 *
 * <p>Host code on rows of floats. A distance between samples is not 0 even for a perfect model: it
 * is to be read beside that of two sets from the data themselves. Imports {@code transport} and
 * {@code random}.
 */
package dev.advect.metric;
