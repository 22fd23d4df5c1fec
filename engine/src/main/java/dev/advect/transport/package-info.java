/**
 * Discrete optimal transport between point sets of equal size: exact assignments and entropic
 * plans.
 *
 * <p>Host code on arrays; it knows no graphs. Everything is sequential and deterministic: equal
 * inputs give equal results. Imports only {@code dev.advect} itself.
 */
package dev.advect.transport;
