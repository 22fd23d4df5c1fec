/**
 * The traced graph: operations, the values they make, and what a program computes from them.
 *
 * <p>Everything mathematical writes graphs and everything that runs reads them; this package is
 * where the two columns of the engine meet. It imports only {@code dev.advect.type}.
 */
package dev.advect.graph;
