/**
 * Counter-based random numbers: a draw is a pure function of seed, purpose, step and sample.
 *
 * <p>The same seed gives the same noise for every tile size, thread count and device. Imports
 * {@code graph} for the laws only.
 */
package dev.advect.random;
