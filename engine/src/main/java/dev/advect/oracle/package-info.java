/**
 * Flows whose velocity, score and density are known in closed form: what everything learned or
 * integrated can be measured against without training.
 *
 * <p>Each is written twice: in plain double loops, and as a graph that solvers and likelihoods take
 * in place of a network. Imports {@code graph}, {@code autodiff}, {@code nn} (functions only) and
 * {@code random}.
 */
package dev.advect.oracle;
